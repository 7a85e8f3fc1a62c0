/* Keeps an aside in sight while the page moves, where all of it fits into the window: <aside data-module="stay">. One that is
   taller flows with the page, so that nothing of it is cut off. Without JavaScript every aside flows. */
const ROOM = 40; // pixels above and below together

export default function stay(aside) {
  const decide = () => aside.classList.toggle("is-staying", aside.offsetHeight + ROOM <= window.innerHeight);
  new ResizeObserver(decide).observe(aside);
  window.addEventListener("resize", decide);
}
