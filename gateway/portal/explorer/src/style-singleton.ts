/**
 * Stands for the package react-style-singleton, which writes a <style> element when a dialog or a menu opens.
 * A strict content security policy refuses that element; a constructed style sheet needs no exception.
 */
import { useEffect } from 'react';

interface SheetOwner {
  add(css: string): void;
  remove(): void;
}

export function stylesheetSingleton(): SheetOwner {
  let users = 0;
  let sheet: CSSStyleSheet | null = null;
  return {
    add(css) {
      users += 1;
      if (sheet) return;
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    },
    remove() {
      users -= 1;
      if (users > 0 || !sheet) return;
      const mine = sheet;
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== mine);
      sheet = null;
    },
  };
}

export function styleHookSingleton(): (styles: string, dynamic?: boolean) => void {
  const owner = stylesheetSingleton();
  return (styles, dynamic) => {
    useEffect(() => {
      owner.add(styles);
      return () => owner.remove();
    }, [styles && dynamic]);
  };
}

export function styleSingleton(): (props: { styles: string; dynamic?: boolean }) => null {
  const useStyle = styleHookSingleton();
  return function Sheet({ styles, dynamic }) {
    useStyle(styles, dynamic);
    return null;
  };
}
