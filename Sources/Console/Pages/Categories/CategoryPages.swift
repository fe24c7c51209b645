import API

/// The pages of categories.
enum CategoryPages {
  /// What categories are for, by the word of the API, with names in English.
  private static let bundles: [(name: String, label: String)] = [
    ("global", "Everything"), ("asset", "Assets"), ("campaign", "Campaigns"),
    ("dynamicContent", "Dynamic content"), ("email", "E-mails"), ("focus", "Focus items"),
    ("form", "Forms"), ("page", "Landing pages"), ("messages", "Messages"), ("point", "Points"),
    ("notification", "Push notifications"), ("segment", "Segments"), ("sms", "Text messages"),
    ("stage", "Stages"), ("webhook", "Webhooks"),
  ]

  static let kind: RecordPages = {
    var kind = RecordPages(
      "categories", member: "category", area: .categories,
      nouns: .init(
        one: "Category", many: "Categories", none: "No categories yet",
        meaning:
          "Categories keep many e-mails, forms and campaigns in order. Contacts can subscribe to those for everything.",
        new: "New category"),
      columns: { page in
        [
          Column(page.texts("Name"), order: "title") { category, page in
            let id = category["id"]?.text ?? ""
            return page.swatch(category["color"]?.text)
              + page.link(category["title"]?.text ?? "", to: "categories/\(id)/edit")
          },
          Column(page.texts("For"), order: "bundle") { category, page in
            page.plain(label(category["bundle"]?.text ?? "", page))
          },
          Column(page.texts("Alias"), order: "alias", .wide) { $1.plain($0["alias"]?.text) },
          Column(page.texts("Status"), order: "isPublished") { $1.published($0) },
          Column(page.texts("Created"), order: "dateAdded") { $1.time($0["dateAdded"]) },
        ]
      },
      fields: { _, page in
        [
          FormSection(
            "",
            [
              FormField("title", page.texts("Name"), isRequired: true),
              FormField(
                "bundle", page.texts("For"),
                .choice(bundles.map { .init($0.name, page.texts($0.label)) }), isRequired: true,
                initial: "global"),
              FormField(
                "alias", page.texts("Alias"),
                hint: page.texts("Searches name it: category:alias. Empty: made of the name.")),
              FormField("color", page.texts("Colour"), .color),
              FormField("description", page.texts("Description"), .longText(rows: 3), isWide: true),
              FormField("isPublished", page.texts("Published"), .flag, initial: true),
            ])
        ]
      })
    kind.order = ("title", "ASC")
    kind.prepare = { members, _ in
      if let color = members["color"]?.text {
        members["color"] = .string(String(color.drop { $0 == "#" }))
      }
    }
    return kind
  }()

  private static func label(_ bundle: String, _ page: PageRequest) -> String {
    bundles.first { $0.name == bundle }.map { page.texts($0.label) } ?? bundle
  }

  static var routes: [ConsoleRoute] { kind.routes }
}
