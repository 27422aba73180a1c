// What the school begins with.

const week = (...days) => days.map((lessons) => lessons.split(" · "));

export const classes = [
  {
    id: "7a",
    name: "Class 7a",
    room: "Room 14",
    tutor: "Ms Okafor",
    note: "Friday is our library morning: bring back what you have borrowed. The chess club has two places left.",
    timetable: week(
      "English · Maths · History · Art · Art",
      "Maths · French · Biology · PE · PE",
      "Geography · English · Music · Maths · Tutor time",
      "Physics · Physics · French · English · History",
      "Library · Maths · Biology · Drama · Drama",
    ),
  },
  {
    id: "7b",
    name: "Class 7b",
    room: "Room 12, under the clock",
    tutor: "Mr Brandt",
    note: "Wednesday is the pond excursion: boots, a rain jacket, something to eat. We are back by half past two.\n\nThe herbarium is due on Monday.",
    timetable: week(
      "Biology · Biology · Maths · English · PE",
      "French · Maths · English · History · Music",
      "Excursion · Excursion · Excursion · Excursion · Maths",
      "English · Physics · Geography · Art · Art",
      "Maths · French · History · Library · Tutor time",
    ),
  },
  {
    id: "9c",
    name: "Class 9c",
    room: "The old forge",
    tutor: "Mrs Lindqvist",
    note: "Work experience begins in two weeks. Whoever has no place yet comes to see me before Thursday.",
    timetable: week(
      "Chemistry · Chemistry · English · Maths · French",
      "Maths · Workshop · Workshop · History · PE",
      "English · Physics · Maths · Geography · Ethics",
      "French · Biology · English · Maths · Maths",
      "History · Music · Physics · Workshop · Tutor time",
    ),
  },
];

const document = (id, kind, title, audience, daysAgo, author, body, more) =>
  ({ id, kind, title, audience, daysAgo, author, body: body.join("\n\n"), published: true, ...more });

export const documents = [
  document("autumn-fair", "news", "The autumn fair is back", "public", 1, "The office", [
    "On Saturday the yard belongs to cider, lanterns and the brass band once more. Doors open at ten, and the oak is lit at five.",
    "Families bring a cake if they like; the kitchen lends plates. Whoever wants a stall of their own tells the office by Wednesday.",
    "The proceeds go to the new telescope.",
  ]),
  document("telescope", "news", "A telescope for the roof", "public", 6, "The office", [
    "Eleven centimetres of mirror are on their way. From November on, the roof is open on clear Thursdays after dark, for everybody who can climb forty-two steps.",
    "The physics club explains what can be seen; hot tea is on the house.",
  ]),
  document("choir", "news", "The choir looks for low voices", "public", 12, "The office", [
    "Nobody has to audition. Come to the hall on Tuesday at three and sing along; if you like it, you are in.",
    "The winter concert is on the last day of term.",
  ]),
  document("school-rules", "rules", "School rules", "public", 80, "The head teacher", [
    "We are kind to each other, on the yard, in the rooms, and in messages.",
    "We are on time. Who cannot be says so before eight, by the office's telephone or by a message.",
    "Bicycles stay by the gate, telephones in the bag. What is broken is told, not hidden.",
    "These rules were agreed by pupils, teachers and parents, and are looked at again every spring.",
  ]),
  document("lunch", "rules", "Lunch and allergies", "public", 41, "The kitchen", [
    "The kitchen cooks from half past eleven. There is one dish without meat every day, and nuts are never used.",
    "Allergies are kept in the kitchen's own list, which the office passes on. Tell us of any change.",
  ]),
  document("handbook", "letter", "Handbook for everybody here", "school", 30, "The office", [
    "Who has lost a key, who wants a locker, who is ill for more than three days: this is how it is done.",
    "Lockers are given out in the first week by the caretaker. A lost key costs the price of a new lock, and nobody is told off for it.",
    "Longer absences need a note. The office keeps it for a year and shows it to nobody else.",
  ]),
  document("pond-excursion", "letter", "To the pond on Wednesday", "class", 2, "Mr Brandt", [
    "We meet at the gate at ten past eight and walk. The path is muddy; boots are a good idea.",
    "Groups of three share a net, a lens and a sheet. Everything that is caught goes back into the water.",
    "Who must not go near water, or takes medicine at noon, tells me before Tuesday.",
  ], { class: "7b" }),
  document("herbarium", "homework", "The herbarium, step by step", "class", 8, "Mr Brandt", [
    "Twelve plants from within a mile of your door, pressed for a week, each on a sheet of its own.",
    "On the sheet: the name, the place, the day, and one thing that you noticed yourself. A drawing counts as much as a dried leaf.",
  ], { class: "7b" }),
  document("library-morning", "homework", "What to read until the holidays", "class", 4, "Ms Okafor", [
    "One book that is older than your grandparents, and one that came out this year. Tell us on Friday which of them won.",
  ], { class: "7a" }),
  document("work-experience", "letter", "Two weeks of work experience", "class", 5, "Mrs Lindqvist", [
    "The list of places hangs in the forge. Whoever finds one of their own gets the form from me.",
  ], { class: "9c" }),
  document("staff-meeting", "letter", "Staff meeting: what we decided", "staff", 3, "The head teacher", [
    "Marks are entered by the twentieth. Reports go out on paper once more, and as a file for those who ask.",
    "The yard has two of us in each break until the builders have gone.",
  ]),
  document("class-trip", "letter", "The trip in spring: first ideas", "class", 0, "Mr Brandt", [
    "Three days on the coast, or two in the mountains. Both would cost about the same; the hostel on the coast answers by Friday.",
    "Not to be told to the class before we know.",
  ], { class: "7b", published: false }),
];
