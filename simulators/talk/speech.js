// A voice and ears, where the browser has them. Without them everything can be typed, and these buttons are not there.
const Ears = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
const locales = { en: "en-US", de: "de-DE", es: "es-ES", zh: "zh-CN" };

export const canHear = Boolean(Ears);
export const canSay = "speechSynthesis" in globalThis;

// Listens once; `heard(text)` with what was understood, `done()` in any case.
export function listen(language, heard, done) {
  const ears = new Ears();
  ears.lang = locales[language] ?? "en-US";
  ears.interimResults = false;
  ears.maxAlternatives = 1;
  ears.onresult = (event) => heard(event.results[0][0].transcript);
  ears.onend = done;
  ears.onerror = done;
  ears.start();
  return () => ears.abort();
}

export function say(text, language) {
  if (!canSay) return;
  speechSynthesis.cancel();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = locales[language] ?? "en-US";
  speechSynthesis.speak(words);
}
