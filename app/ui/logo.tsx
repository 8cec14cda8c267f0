/** The mark: an eye whose pupil is a figure's decimal point. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={className} fill="none">
      <path
        d="M2 12c3-5 6.4-7.5 10-7.5S19 7 22 12c-3 5-6.4 7.5-10 7.5S5 17 2 12Z"
        className="stroke-accent"
        strokeWidth="1.8"
        strokeLinejoin="round"
      />
      <circle cx="12" cy="12" r="3.4" className="fill-accent" />
    </svg>
  );
}
