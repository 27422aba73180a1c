import { lonely } from "../panels/lonely.js";

export const page = () => ({
  title: "Not found",
  node: lonely("There is nothing here", "Perhaps the address has a slip of the pen, or what was here has moved."),
});
