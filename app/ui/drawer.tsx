import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, useSyncExternalStore } from "react";
import { buttonClass } from "./button";
import { classNames } from "./class-names";

const WIDE = "(min-width: 1100px)";

/** On a wide window the drawer stands beside the page, which stays usable; on a narrow one it covers it. */
export function useWideWindow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const query = window.matchMedia(WIDE);
      query.addEventListener("change", onChange);
      return () => query.removeEventListener("change", onChange);
    },
    () => window.matchMedia(WIDE).matches,
    () => true,
  );
}

/**
 * A panel from the right. Escape and the button close it; focus goes in and returns to `returnFocus`.
 */
export function Drawer({
  open,
  onClose,
  title,
  description,
  returnFocus,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description: string;
  returnFocus: () => HTMLElement | null;
  children: ReactNode;
}) {
  const wide = useWideWindow();
  return (
    <Dialog.Root open={open} modal={!wide} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        {wide ? null : <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />}
        <Dialog.Content
          onInteractOutside={(event) => wide && event.preventDefault()}
          onCloseAutoFocus={(event) => {
            const target = returnFocus();
            if (!target?.isConnected) return;
            event.preventDefault();
            target.focus({ preventScroll: true });
          }}
          className={classNames(
            "fixed inset-y-0 right-0 z-50 flex w-full flex-col border-l border-line bg-surface sm:w-[28rem]",
            "animate-[netra-slide-in_160ms_ease-out] shadow-raised focus:outline-none",
          )}
        >
          <header className="flex items-start justify-between gap-3 border-b border-line px-5 py-3">
            <div className="min-w-0">
              <Dialog.Title className="text-sm font-semibold">{title}</Dialog.Title>
              <Dialog.Description className="text-xs text-ink-3">{description}</Dialog.Description>
            </div>
            <Dialog.Close className={buttonClass("ghost", "icon")} aria-label="Close">
              <X aria-hidden className="size-4" />
            </Dialog.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">{children}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
