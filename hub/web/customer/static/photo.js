// A photo is made smaller before it leaves the telephone, and loses here already what it tells besides the picture (place, time,
// camera). Without this script, or where the browser cannot read the photo, it is sent as it is, and the hub does the rest.
const LARGEST = 5 * 1024 * 1024;
const SIDE = 2048;
const form = document.getElementById("photo");
const field = document.getElementById("picture");
const told = document.getElementById("photo-told");

const say = (words) => {
  told.textContent = words;
  told.classList.toggle("quiet", !words);
};

const drawn = async (file) => {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  for (const quality of [0.85, 0.7, 0.5]) {
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob && blob.size < LARGEST) return new File([blob], "photo.jpg", { type: "image/jpeg" });
  }
  return null;
};

const smaller = async () => {
  const [file] = field.files;
  if (!file) return true;
  try {
    const made = await drawn(file);
    if (made) {
      const held = new DataTransfer();
      held.items.add(made);
      field.files = held.files;
      return true;
    }
  } catch { /* a kind of picture that this browser cannot draw: as it is, then */ }
  return file.size <= LARGEST;
};

let ready = false;
field?.addEventListener("change", () => {
  ready = false;
  say("");
});
form?.addEventListener("submit", async (event) => {
  if (ready) return;
  event.preventDefault();
  event.stopPropagation(); // nothing was sent yet
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  say(told.dataset.busy);
  ready = await smaller();
  delete form.dataset.busy;
  say(ready ? "" : told.dataset.large);
  if (ready) form.requestSubmit();
});
addEventListener("pageshow", () => {
  ready = false;
  say("");
});
