// The door of a person's own page: whoever really looks at it goes in without a press; a program that only opens links does not.
const open = () => {
  if (document.visibilityState !== "visible" || navigator.webdriver) return;
  document.removeEventListener("visibilitychange", open);
  document.getElementById("door").submit();
};
document.addEventListener("visibilitychange", open);
open();
