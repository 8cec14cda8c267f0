import { Form, type FormProps } from "@remix-run/react";

/**
 * A form that works without script. With it nothing is sent: `onPress` gets the value of the submit button that was
 * pressed. There and not at the button's click, since a form that a click takes away can no longer be submitted.
 */
export function PressForm({
  onPress,
  ...form
}: Omit<FormProps, "onSubmit"> & { onPress: (value: string) => void }) {
  return (
    <Form
      {...form}
      onSubmit={(event) => {
        event.preventDefault();
        const { submitter } = event.nativeEvent as SubmitEvent;
        if (submitter instanceof HTMLButtonElement) onPress(submitter.value);
      }}
    />
  );
}
