import type { InputHTMLAttributes, ReactNode } from "react";
import { classNames } from "./class-names";

export const inputClass =
  "h-9 w-full rounded-lg border border-line-strong bg-surface px-3 text-sm text-ink placeholder:text-ink-3 pointer-coarse:h-11 pointer-coarse:text-base aria-invalid:border-danger";

/** A labelled control with its hint and its problem; the caller gives the control the same `id`. */
export function Field({
  id,
  label,
  hint,
  problem,
  children,
}: {
  id: string;
  label: string;
  hint?: ReactNode;
  problem?: string | undefined;
  children: ReactNode;
}) {
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-[0.8125rem] font-medium">
        {label}
      </label>
      {children}
      {problem ? (
        <p id={`${id}-problem`} role="alert" className="text-xs text-danger">
          {problem}
        </p>
      ) : hint ? (
        <p id={`${id}-hint`} className="text-xs text-ink-3">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

export function TextInput({
  problem,
  className,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { id: string; problem?: string | undefined }) {
  return (
    <input
      className={classNames(inputClass, className)}
      aria-invalid={problem ? true : undefined}
      aria-describedby={problem ? `${rest.id}-problem` : `${rest.id}-hint`}
      {...rest}
    />
  );
}
