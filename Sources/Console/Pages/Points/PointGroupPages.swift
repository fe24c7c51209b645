import API

/// The pages of groups of points.
enum PointGroupPages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "groups", member: "pointGroup", list: "pointGroups", area: .pointGroups,
      nouns: .init(
        one: "Point group", many: "Point groups", none: "No point groups yet",
        meaning:
          "A group is a second score beside the points of a contact: how much somebody cares about one product, say.",
        new: "New point group"),
      columns: { page in
        [
          RecordPages.name(page, path: "groups"),
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
              FormField("description", page.texts("Description"), .longText(rows: 3), isWide: true),
              FormField("isPublished", page.texts("Published"), .flag, initial: true),
            ])
        ]
      })
    kind.api = "points/groups"
    kind.order = ("name", "ASC")
    return kind
  }()

  static var routes: [ConsoleRoute] { kind.routes }
}
