import { useEffect, useRef, useState } from "react";
import { Icon } from "../parts/Icon";
import { Mark } from "../parts/Mark";
import { Notices } from "../parts/Notices";
import { href, useRoute } from "../state/router";
import { texts } from "../texts";
import { Account } from "./Account";
import { ConnectionState } from "./ConnectionState";
import { page, pageNames } from "./pages";
import { ThemeSwitch } from "./ThemeSwitch";

/** Navigation, the bar on top, and the page between. */
export function Frame() {
  const route = useRoute();
  const { name, title, content } = page(route);
  const [isOpen, setOpen] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const place = route.join("/");
  const first = useRef(true);

  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
    setOpen(false);
    // Whoever follows a link reads on at the new page's heading; at the start the browser knows better.
    if (!first.current) {
      heading.current?.focus();
      scrollTo(0, 0);
    }
    first.current = false;
  }, [place, title]);

  return (
    <div className={isOpen ? "frame open" : "frame"}>
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          heading.current?.focus();
        }}
      >
        {texts.skip}
      </a>
      <nav
        className="side"
        id="side"
        aria-label={texts.navigation}
        onKeyDown={(event) => {
          if (event.key === "Escape") setOpen(false);
        }}
      >
        <a className="brand" href={href()}>
          <Mark size={30} />
          <span>{texts.product}</span>
        </a>
        <ul>
          {pageNames.map((item) => (
            <li key={item}>
              <a href={href(item)} aria-current={item === name ? "page" : undefined} onClick={() => setOpen(false)}>
                <Icon name={item} />
                <span>{texts.pages[item]}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="shade" aria-hidden="true" onClick={() => setOpen(false)} />
      <div className="body">
        <header className="bar">
          <button
            type="button"
            className="bare burger"
            aria-label={texts.menu}
            aria-expanded={isOpen}
            aria-controls="side"
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name={isOpen ? "close" : "menu"} />
          </button>
          <h1 ref={heading} tabIndex={-1} id="heading">
            {title}
          </h1>
          <ConnectionState />
          <ThemeSwitch />
          <Account />
        </header>
        <main key={place} id="content" aria-labelledby="heading">
          {content}
        </main>
      </div>
      <Notices />
    </div>
  );
}
