"""A city to look at: three processes in different phases, made through the use cases as if it had happened.

What people say stands in `content/`; the modules here turn it into days, places and clicks. Development only.
"""
