import { pathOf, query } from "./path.js";

/** What people do with accounts of their own: those with e-mail and password, and what every account has. */
export function accounting(api, call, { enter, exchange, refresh }) {
  // Sent once, and never again after a 401: a password that is wrong would count as two attempts.
  const post = (action, body) => api.call(`/api/${action}`, { method: "POST", body });

  return {
    register: (details) => post("register", details),
    verifyEmail: (token) => post("verify_email", { token }),
    signInWithPassword: (credentials) => enter("login", credentials),
    requestPasswordReset: (login) => post("request_reset_password", { login }),
    resetPassword: (reset) => exchange("reset_password", reset),
    remindUserName: (email) => post("remind_user_name", { email }),
    profile: () => call("/api/profile"),
    updateProfile: (changes) => call("/api/profile", { method: "POST", body: changes }),
    changePassword: (change) => post("change_password", change),
    changeEmail: (change) => post("change_email", change),
    undoEmailChange: async (token) => {
      const answer = await post("undo_email_change", { token });
      // It ends every session of that account, and this one may be hers. It is done, whatever the renewal says.
      await refresh().catch(() => {});
      return answer;
    },
    exportAccount: () => call("/api/export"),
    deleteAccount: async (proof = {}) => void (await exchange("delete_account", proof)),
    confirm: (proof) => exchange("confirm", proof),
    endConfirmation: () => exchange("confirm", undefined, "DELETE"),
  };
}

/** Where somebody is signed in. */
export function listing(call, { current, refresh }) {
  return {
    list: async () => (await call("/api/sessions")).sessions,
    end: async (sid) => {
      await call(pathOf("sessions", sid), { method: "DELETE" });
      if (sid === current()?.sid) await refresh();
    },
    endOthers: async () => (await call("/api/sessions", { method: "DELETE" })).ended,
  };
}

/** What administrators do with the accounts of others. */
export function administering(call) {
  return {
    list: (filter = {}) => call(`/api/accounts?${query(filter)}`),
    get: (account) => call(pathOf("accounts", account)),
    create: (details) => call("/api/accounts", { method: "POST", body: details }),
    setStatus: (account, status) => call(pathOf("accounts", account, "status"), { method: "PUT", body: { status } }),
  };
}
