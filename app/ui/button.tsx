import { Link, type LinkProps } from "@remix-run/react";
import { type ButtonHTMLAttributes, forwardRef } from "react";
import { classNames } from "./class-names";

type Tone = "primary" | "secondary" | "ghost" | "danger";
type Size = "small" | "medium" | "icon" | "round";

const tones: Record<Tone, string> = {
  primary:
    "bg-accent text-accent-ink hover:bg-accent-strong disabled:bg-sunken disabled:text-ink-3",
  secondary:
    "border border-line bg-surface text-ink hover:bg-sunken hover:border-line-strong disabled:text-ink-3",
  ghost: "text-ink-2 hover:bg-sunken hover:text-ink disabled:text-ink-3",
  danger: "border border-line bg-surface text-danger hover:bg-danger-soft disabled:text-ink-3",
};

const sizes: Record<Size, string> = {
  small: "h-8 px-2.5 text-xs gap-1.5 rounded-md pointer-coarse:h-10",
  medium: "h-9 px-3.5 text-sm gap-2 rounded-lg pointer-coarse:h-11",
  icon: "size-8 rounded-md pointer-coarse:size-10",
  round: "size-8 rounded-full pointer-coarse:size-10",
};

export function buttonClass(tone: Tone = "secondary", size: Size = "medium"): string {
  return classNames(
    "inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap select-none",
    "transition-colors duration-100 disabled:cursor-not-allowed",
    tones[tone],
    sizes[size],
  );
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: Tone;
  size?: Size;
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { tone, size, className, type = "button", ...rest },
  ref,
) {
  return (
    <button
      ref={ref}
      type={type}
      className={classNames(buttonClass(tone, size), className)}
      {...rest}
    />
  );
});

export function ButtonLink({
  tone,
  size,
  className,
  ...rest
}: LinkProps & { tone?: Tone; size?: Size }) {
  return <Link className={classNames(buttonClass(tone, size), className)} {...rest} />;
}
