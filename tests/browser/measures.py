"""What a page is asked about itself: scripts that return what is wrong, or what a test judges."""

from __future__ import annotations

WIDTH = "document.documentElement.scrollWidth"
# Words that begin on one line and end on the next, and ordinals that do not stand in their line.
BROKEN = r"""() => [
    ...document.querySelectorAll("h1, h2, h3, th, dt, pre, code, .b, .when, .d, .tag, .u, .id")]
  .filter(title => title.checkVisibility())
  .flatMap(title => {
    const words = document.createTreeWalker(title, NodeFilter.SHOW_TEXT), found = [];
    while (words.nextNode()) {
      for (const word of words.currentNode.data.matchAll(/[\p{L}\p{M}]+/gu)) {
        const range = document.createRange();
        range.setStart(words.currentNode, word.index);
        range.setEnd(words.currentNode, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
        if (lines.size > 1) found.push(word[0]);
      }
    }
    return found;
  })
  .concat([...document.querySelectorAll(".u")]
    .filter(part => getComputedStyle(part).display !== "inline").map(part => part.textContent))"""
# Compounds with a joiner that nevertheless begin on one line and end on the next.
PARTED = r"""() => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (words.nextNode()) {
    const node = words.currentNode;
    if (!node.parentElement.checkVisibility() || node.parentElement.closest(".v, .skip")) continue;
    for (const word of node.data.matchAll(/[\p{L}\p{M}]+-\u2060[\p{L}\p{M}\d]+/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      if (lines.size > 1) found.push(word[0]);
    }
  }
  return found;
}"""
# Ids that stand on several lines where one would do, or of which a line ends elsewhere than after a
# dash.
CUT = r"""() => [...document.querySelectorAll(".id")]
  .filter(id => id.checkVisibility())
  .filter(id => {
    const range = document.createRange(), text = id.firstChild;
    const top = index => {
      range.setStart(text, index);
      range.setEnd(text, index + 1);
      return Math.round(range.getBoundingClientRect().top);
    };
    const ends = [...text.data].keys().filter(n => n > 0 && top(n) !== top(n - 1));
    const letters = [...ends].map(n => text.data[n - 1]);
    if (letters.length === 0) return false;
    const room = id.clientWidth;
    id.style.whiteSpace = "nowrap";
    const fits = id.scrollWidth <= room;
    id.style.whiteSpace = "";
    return fits || letters.some(letter => letter !== "-");
  })
  .map(id => id.textContent)"""
# Lines of text in a poster, as drawn, against its figure.
OVERLAPS = """() => [...document.querySelectorAll(".poster")].flatMap(poster => {
  const figure = poster.querySelector(".m").getBoundingClientRect();
  const words = document.createTreeWalker(poster, NodeFilter.SHOW_TEXT);
  const found = [];
  while (words.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(words.currentNode);
    const isNumeral = words.currentNode.parentElement.matches(".n");
    const lies = !isNumeral && words.currentNode.data.trim() && [...range.getClientRects()].some(
      line => line.right > figure.left + 1 && line.left < figure.right - 1
        && line.bottom > figure.top + 6 && line.top < figure.bottom);
    if (lies) found.push(words.currentNode.data.trim());
  }
  return found;
})"""
# Lists of links in head and foot whose words are not about as far from one another, and a head of
# more than two lines.
UNEVEN = """tolerance => {
  const words = link => {
    const range = document.createRange();
    range.selectNodeContents(link);
    return range.getBoundingClientRect();
  };
  const found = [...document.querySelectorAll(":is(header, footer) ul")]
    .filter(list => list.checkVisibility())
    .filter(list => {
      const boxes = [...list.querySelectorAll("a")].map(words).sort((a, b) => a.left - b.left);
      const gaps = boxes.flatMap(box => {
        const next = boxes.find(one => one.left > box.left && Math.abs(one.y - box.y) < 10);
        return next ? [next.left - box.right] : [];
      });
      return Math.max(...gaps) - Math.min(...gaps) > tolerance;
    })
    .map(list => list.innerText);
  const lines = (document.querySelector("header")?.getBoundingClientRect().height ?? 0) / 44;
  return Math.floor(lines) > 2 ? [...found, `a head of ${lines} lines`] : found;
}"""
# Targets that stand alone and are smaller: not links in a line of text. A link stretched over its
# row or poster is as large as that.
SMALL_TARGETS = """least => [...document.querySelectorAll(
    ":is(main, header, footer) :is(a, button, summary, select, [type=email], label:has(input))")]
  .filter(a => !a.matches(".skip, .v *") && a.checkVisibility())
  .filter(a => !a.matches("a") || a.parentElement.textContent.trim() === a.textContent.trim())
  .map(a => {
    const stretched = getComputedStyle(a, "::after").position === "absolute";
    return [a, (stretched ? a.closest(".row, .poster") : a).getBoundingClientRect()];
  })
  .filter(([a, box]) => box.height < least || box.width < least)
  .map(([a, box]) => `${a.textContent.trim()}: ${box.width} x ${box.height}`)"""
# What there is to read, and how far down each heading is.
READING = """() => ({
  words: document.body.innerText.trim().split(/\\s+/),
  tops: [...document.querySelectorAll("h1, h2, h3")]
    .filter(heading => heading.checkVisibility())
    .map(heading => heading.getBoundingClientRect().top),
})"""
# Pictures that say nothing where they are not shown.
NAMELESS = """[...document.images].filter(image => !image.alt.trim()).map(image => image.src)"""
# A style sheet of the reader's own, which no policy of the page forbids; an empty one takes it off.
OWN_STYLE = """style => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = style ? [sheet] : [];
}"""
# As a reader's setting does: every size on the pages is relative to it.
FONT_SIZE = "size => document.documentElement.style.setProperty('font-size', size)"
# Words whose box ends before they do, and is closed.
CLIPPED = """() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter(box => box.checkVisibility() && !box.closest(".skip, .v, [aria-hidden]"))
  .filter(box => [...box.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .filter(box => ["hidden", "clip"].includes(getComputedStyle(box).overflowX))
  .filter(box => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)
  .map(box => box.textContent.trim())"""
# What reads from left to right in every language: addresses, for people and for machines.
ADDRESSES = """() => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (words.nextNode()) {
    const text = words.currentNode.data.trim();
    if (!/^(https?|webcal|mailto):|^[a-z0-9.-]+@[a-z0-9.-]+$|^[/][a-z]/.test(text)) continue;
    found.push([text, getComputedStyle(words.currentNode.parentElement).direction]);
  }
  return found;
}"""
# A name in Latin letters within Arabic: where its first and its last letter are drawn, and the
# bracket or full stop that belongs to it.
NAMES = r"""() => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const at = (node, index) => {
    const range = document.createRange();
    range.setStart(node, index);
    range.setEnd(node, index + 1);
    return range.getBoundingClientRect();
  };
  const wrong = [];
  let seen = 0;
  while (words.nextNode()) {
    const node = words.currentNode;
    if (!node.parentElement.checkVisibility() || node.parentElement.closest(".v, .skip")) continue;
    for (const match of node.data.matchAll(/[A-Za-z][A-Za-z .'-]*[A-Za-z]/g)) {
      const first = at(node, match.index), last = at(node, match.index + match[0].length - 1);
      if (first.top !== last.top || !first.width) continue;
      seen += 1;
      if (first.left >= last.left) wrong.push(match[0]);
    }
  }
  return {seen, wrong};
}"""
# The ratio of each text to what lies behind it, with the text (WCAG 2.2, 1.4.3); backgrounds of the
# pages are plain colours.
RATIOS = """() => {
  const once = (make, made = new Map()) => given => {
    if (!made.has(given)) made.set(given, make(given));
    return made.get(given);
  };
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const channel = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = once(colour => {
    const [red, green, blue] = numbers(colour).map(value => channel(value / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });
  const behind = once(element => {
    const colour = getComputedStyle(element).backgroundColor;
    return numbers(colour)[3] === 0 ? behind(element.parentElement) : colour;
  });
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (words.nextNode()) {
    const element = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || element.closest(".skip")) continue;
    const [a, b] = [getComputedStyle(element).color, behind(element)].map(luminance);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([words.currentNode.data.trim(), ratio]);
  }
  return found;
}"""
# What runs or styles; what search engines are told of an event is data and does neither.
PARTS = """document.querySelectorAll("script:not([type='application/ld+json'])").length
  + document.styleSheets.length"""
# How much the page keeps in the browser.
KEPT = "[localStorage.length, sessionStorage.length]"
# As where neither style sheets nor pictures arrive.
STRIP = """() => {
  for (const sheet of document.styleSheets) sheet.disabled = true;
  for (const picture of document.images) picture.removeAttribute("src");
}"""
DISPLAY_OF_MAIN = "getComputedStyle(document.querySelector('main')).display"


def several(**scripts: str) -> str:
    """A script that returns what each of these does, by its name; a call takes longer than most."""
    values = ", ".join(f"{name}: value({script})" for name, script in scripts.items())
    value = "one => typeof one === 'function' ? one() : one"
    return f"() => {{ const value = {value}; return {{{values}}}; }}"


AT_ONCE = several(parts=PARTS, kept=KEPT, addresses=ADDRESSES, names=NAMES)
AT_WIDTH = several(width=WIDTH, broken=BROKEN, parted=PARTED, cut=CUT, overlaps=OVERLAPS)
WITH_SPACE = several(width=WIDTH, clipped=CLIPPED)
BARE = several(stripped=STRIP, reading=READING, display_of_main=DISPLAY_OF_MAIN, nameless=NAMELESS)
