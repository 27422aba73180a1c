export default { account: {}, user: {}, guard: {} };
