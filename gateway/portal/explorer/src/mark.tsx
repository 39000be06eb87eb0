/** The sign of the product: one person in the middle, the systems around. */
export function Mark() {
  return (
    <svg className="cg-mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 16 7 8M16 16l9-8M16 16l-9 8M16 16l9 8" />
      <circle cx="7" cy="8" r="3" />
      <circle cx="25" cy="8" r="3" />
      <circle cx="7" cy="24" r="3" />
      <circle cx="25" cy="24" r="3" />
      <circle className="cg-mark-citizen" cx="16" cy="16" r="5" />
    </svg>
  );
}
