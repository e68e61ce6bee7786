"""Driver of social-auth-core: a backend for Smily, and a strategy that keeps its session in memory."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from social_core.backends.oauth import BaseOAuth2PKCE
from social_core.exceptions import AuthCanceled, SocialAuthBaseException
from social_core.strategy import BaseStrategy

from tests.clients.drivers.python.serving import Setup, serve


class Nonces:
    """Storage of nonces that forgets none, so that the script can present a code twice."""

    @staticmethod
    def use(*_: object) -> bool:
        return True

    @staticmethod
    def consume(*_: object) -> bool:
        return True


class Storage:
    """Storage without users."""

    nonce = Nonces


class Strategy(BaseStrategy):
    """Framework that social-auth-core runs in."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(Storage)
        self.settings = settings
        self.session: dict[str, Any] = {}
        self.data: dict[str, str] = {}

    def get_setting(self, name: str) -> Any:
        return self.settings[name]

    def get_request_data(self, merge: bool = True) -> dict[str, str]:
        del merge
        return self.data

    def session_get(self, name: str, default: Any = None) -> Any:
        return self.session.get(name, default)

    def session_set(self, name: str, value: Any) -> None:
        self.session[name] = value

    def session_pop(self, name: str) -> Any:
        # not removed, for the same reason
        return self.session.get(name)

    def build_absolute_uri(self, path: str | None = None) -> str:
        return path or ""

    def authenticate(self, *_: object, **answer: Any) -> Any:
        """Take the token response in place of a user."""
        return answer["response"]


class Smily(BaseOAuth2PKCE):
    """Backend, as an application would write it."""

    name = "smily"
    ID_KEY = "account"
    REDIRECT_STATE = False
    ACCESS_TOKEN_METHOD = "POST"
    REVOKE_TOKEN_METHOD = "POST"
    DEFAULT_SCOPE = ()
    DEFAULT_USE_PKCE = False

    def __init__(self, setup: Setup, strategy: Strategy) -> None:
        super().__init__(strategy, redirect_uri=setup.redirect_uri)
        self.setup = setup
        self.AUTHORIZATION_URL = setup.authorize
        self.ACCESS_TOKEN_URL = setup.token
        self.REFRESH_TOKEN_URL = setup.token
        self.REVOKE_TOKEN_URL = setup.revoke
        # out of band no state comes back
        self.STATE_PARAMETER = setup.by_redirect

    def use_basic_auth(self) -> bool:
        return self.setup.authentication == "basic"

    def user_data(self, access_token: str, *args: object, **kwargs: Any) -> Any:
        del args, kwargs
        bearer = {"Authorization": f"Bearer {access_token}"}
        return self.get_json(f"{self.setup.server}/api/v3/me", headers=bearer)

    def revoke_token_params(self, token: str, uid: str) -> dict[str, Any]:
        del uid
        client_id, client_secret = self.get_key_and_secret()
        return {"token": token, "client_id": client_id, "client_secret": client_secret}


class Client:
    """Backend and strategy."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        settings = {"KEY": setup.client_id, "SECRET": setup.client_secret, "SCOPE": setup.scopes}
        self._strategy = Strategy(settings | {"USE_PKCE": setup.pkce})
        self._backend = Smily(setup, self._strategy)

    @staticmethod
    def reported(error: Exception) -> str:
        response = getattr(error.__cause__, "response", None)
        if response is not None:
            return str(response.json().get("error") if response.content else response.status_code)
        if isinstance(error, AuthCanceled):
            return "access_denied"
        return str(error) if isinstance(error, SocialAuthBaseException) else ""

    def authorize(self, state: str) -> dict[str, Any]:
        del state
        return {"url": self._backend.auth_url()}

    def exchange(self, code: str, url: str) -> dict[str, Any]:
        query = dict(parse_qsl(urlsplit(url).query)) if self._setup.by_redirect else {"code": code}
        self._strategy.data = self._backend.data = query
        return {"tokens": self._backend.auth_complete()}

    def declined(self, url: str) -> dict[str, Any]:
        return self.exchange("", url)

    def get(self, path: str, access_token: str) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {access_token}"}
        try:
            return {"status": 200, "json": self._backend.get_json(self._setup.server + path, headers=bearer)}
        except Exception as error:
            response = getattr(error, "response", None) or getattr(error.__cause__, "response", None)
            if response is None:
                raise
            return {"status": response.status_code}

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        return {"tokens": self._backend.refresh_token(refresh_token)}

    def revoke(self, token: str) -> dict[str, Any]:
        return {"done": self._backend.revoke_token(token, "")}


if __name__ == "__main__":
    serve(Client)
