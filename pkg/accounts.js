/** What people do with accounts of their own: those with e-mail and password, and what every account has. */
export function accounting(api, { get, post: repeat }, { enter, exchange, refresh }) {
  // Sent once, and never again after a 401: a password that is wrong would count as two attempts.
  const post = (action, body) => api.call(`/api/${action}`, { method: "POST", body });

  return {
    register: (details) => post("register", details),
    verifyEmail: (token) => post("verify_email", { token }),
    signInWithPassword: (credentials) => enter("login", credentials),
    requestPasswordReset: (login) => post("request_reset_password", { login }),
    resetPassword: (reset) => exchange("reset_password", reset),
    remindUserName: (email) => post("remind_user_name", { email }),
    profile: () => get(["profile"]),
    updateProfile: (changes) => repeat(["profile"], changes),
    changePassword: (change) => post("change_password", change),
    changeEmail: (change) => post("change_email", change),
    undoEmailChange: async (token) => {
      const answer = await post("undo_email_change", { token });
      // It ends every session of that account, and this one may be hers. It is done, whatever the renewal says.
      await refresh().catch(() => {});
      return answer;
    },
    exportAccount: () => get(["export"]),
    deleteAccount: async (proof = {}) => void (await exchange("delete_account", proof)),
    confirm: (proof) => exchange("confirm", proof),
    endConfirmation: () => exchange("confirm", undefined, "DELETE"),
  };
}

/** Where somebody is signed in. */
export function listing({ get, remove }, { current, refresh }) {
  return {
    list: async () => (await get(["sessions"])).sessions,
    end: async (sid) => {
      await remove(["sessions", sid]);
      if (sid === current()?.sid) await refresh();
    },
    endOthers: async () => (await remove(["sessions"])).ended,
  };
}
