/** What an object has by a name from outside; never what all objects have, such as a `constructor`. */
export const own = (object, name) => (object && Object.hasOwn(object, name) ? object[name] : undefined);
