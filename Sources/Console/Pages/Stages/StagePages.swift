/// The pages of stages.
enum StagePages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "stages", member: "stage", area: .stages,
      nouns: .init(
        one: "Stage", many: "Stages", none: "No stages yet",
        meaning:
          "Stages tell how far a contact has come, from a first visit to a customer. A campaign moves contacts on.",
        new: "New stage"),
      columns: { page in
        [
          RecordPages.name(page, path: "stages"),
          Column(page.texts("Weight"), order: "weight", .number) { $1.count($0["weight"]) },
          Column(page.texts("Category")) { $1.plain($0["category"]?["title"]?.text) },
          Column(page.texts("Status"), order: "isPublished") { $1.published($0) },
          Column(page.texts("Created"), order: "dateAdded") { $1.time($0["dateAdded"]) },
        ]
      },
      fields: { _, page in
        [
          FormSection(
            "",
            [
              FormField("name", page.texts("Name"), isRequired: true),
              FormField(
                "weight", page.texts("Weight"), .number,
                hint: page.texts("Contacts move only to stages of the same or a greater weight."),
                initial: 0),
              try await CommonFields.category("stage", page),
              FormField("description", page.texts("Description"), .longText(rows: 3), isWide: true),
            ]),
          CommonFields.publishing(page),
        ]
      })
    kind.order = ("weight", "ASC")
    return kind
  }()
}
