"""WebAuthn by its library: options for the browser's script, and whether its answers are true."""

from __future__ import annotations

from collections.abc import Sequence

from datong.customers.types.passkeys import Made, PasskeyRefused, Site

MAX_ANSWER = 20_000


class WebAuthn:
    """The library takes a while to be imported: only when a passkey is made or proven."""

    def to_make(self, site: Site, challenge: bytes, user: bytes, name: str, known: Sequence[bytes]) -> str:
        import webauthn
        from webauthn.helpers import structs

        options = webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name=site.name,
            user_name=name,
            user_id=user,
            challenge=challenge,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in known],
        )
        return f'{{"publicKey":{webauthn.options_to_json(options)}}}'

    def made(self, answer: str, site: Site, challenge: bytes) -> Made:
        import webauthn
        from webauthn.helpers.exceptions import WebAuthnException

        try:
            found = webauthn.verify_registration_response(
                credential=answer[:MAX_ANSWER],
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError):
            raise PasskeyRefused from None
        return Made(found.credential_id, found.credential_public_key, found.sign_count)

    def to_prove(self, site: Site, challenge: bytes) -> str:
        import webauthn
        from webauthn.helpers.structs import UserVerificationRequirement

        options = webauthn.generate_authentication_options(
            rp_id=site.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
        )
        return f'{{"publicKey":{webauthn.options_to_json(options)}}}'

    def credential_of(self, answer: str) -> bytes:
        from webauthn.helpers import parse_authentication_credential_json
        from webauthn.helpers.exceptions import WebAuthnException

        try:
            return bytes(parse_authentication_credential_json(answer[:MAX_ANSWER]).raw_id)
        except (WebAuthnException, ValueError, TypeError, KeyError):
            raise PasskeyRefused from None

    def proven(self, answer: str, site: Site, challenge: bytes, public_key: bytes, count: int) -> int:
        import webauthn
        from webauthn.helpers.exceptions import WebAuthnException

        try:
            found = webauthn.verify_authentication_response(
                credential=answer[:MAX_ANSWER],
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=public_key,
                credential_current_sign_count=count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError):
            raise PasskeyRefused from None
        return int(found.new_sign_count)
