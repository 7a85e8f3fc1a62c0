/* Tones that confirm what was typed, for whoever does not look up. Browsers let no page sound that nobody has touched. */

const TONE = "plaza.entry.tone";
let sound;

/** Remembers on this device whether each entry is confirmed with a tone. */
export function tone(box) {
  if (!box) return;
  box.checked = stored() === "yes";
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(TONE, box.checked ? "yes" : "no");
    } catch {
      // A browser that stores nothing forgets it with the page.
    }
    if (box.checked) play(880);
  });
}

function stored() {
  try {
    return localStorage.getItem(TONE);
  } catch {
    return null;
  }
}

/** A short tone, where somebody has asked for tones. */
export function play(pitch) {
  if (!document.querySelector("[data-tone]")?.checked || !window.AudioContext) return;
  sound ??= new AudioContext();
  const wave = sound.createOscillator();
  const loudness = sound.createGain();
  wave.frequency.value = pitch;
  loudness.gain.setValueAtTime(0.15, sound.currentTime);
  loudness.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.15);
  wave.connect(loudness).connect(sound.destination);
  wave.start();
  wave.stop(sound.currentTime + 0.15);
  document.documentElement.dataset.lastTone = String(pitch);
}
