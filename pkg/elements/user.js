import { CountersignElement } from "./base.js";
