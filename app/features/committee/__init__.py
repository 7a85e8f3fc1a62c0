"""The committee: decisions with two signatures, paper counted at stations, certificates, the protocol, destroying the keys.

Nothing here takes effect by the hand of one person: a member proposes, a second, different member looks at what will happen and
signs. Other rooms do what was decided; this one knows who decided it, when and why.
"""
