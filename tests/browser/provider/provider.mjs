// An OpenID Connect provider on loopback for the tests: node provider.mjs, its orders as one line of JSON on stdin.
// Orders: {"redirectUri", "secret", "people": {login: claims}}. Its address is the first line that it prints.

import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Provider } from "oidc-provider";

const CLIENT = "yhteispeli";
const { redirectUri, secret, people } = JSON.parse(await text(process.stdin));

function findAccount(_, login) {
  if (!(login in people)) return undefined;
  return { accountId: login, claims: () => ({ sub: login, ...people[login] }) };
}

// What the tests look at is the login, so nobody is asked whether the service may know their name.
async function loadExistingGrant({ oidc }) {
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope("openid email profile");
  await grant.save();
  return grant;
}

const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://localhost:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: CLIENT, client_secret: secret, redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "roles", "realm_access"] },
  conformIdTokenClaims: false, // as common providers do: what the scopes give stands in the ID token
  cookies: { keys: [secret] },
  findAccount,
  loadExistingGrant,
  pkce: { required: () => true },
});
server.on("request", provider.callback());
console.log(issuer);
