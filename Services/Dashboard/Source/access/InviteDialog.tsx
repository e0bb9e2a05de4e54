import { post } from "../api/client";
import { Field } from "../parts/Field";
import { FormDialog, Options } from "../parts/FormDialog";
import { texts } from "../texts";

interface Props {
  organisation: string;
  close: () => void;
  /** Is given the text that registers whoever has it. */
  made: (invitation: string) => void;
}

/** Asks whom to invite, and as what. */
export function InviteDialog({ organisation, close, made }: Props) {
  const words = texts.access;
  async function submit(form: FormData) {
    const body = { email: form.get("email"), role: form.get("role") };
    made((await post<{ invitation: string }>(`/organisations/${organisation}/invitations`, body)).invitation);
  }
  return (
    <FormDialog title={words.inviteTitle} action={words.invite} close={close} submit={submit}>
      <Field label={words.email}>
        {(attributes) => <input {...attributes} name="email" type="email" required maxLength={300} autoFocus />}
      </Field>
      <Field label={words.inviteRole}>
        {(attributes) => (
          <select {...attributes} name="role">
            <Options of={words.roles} />
          </select>
        )}
      </Field>
    </FormDialog>
  );
}
