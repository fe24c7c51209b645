import API

/// The pages of tags.
enum TagPages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "tags", member: "tag", area: .tags,
      nouns: .init(
        one: "Tag", many: "Tags", none: "No tags yet",
        meaning:
          "Tags are words that contacts carry. Imports, forms and campaigns give them; segments ask for them.",
        new: "New tag"),
      columns: { page in
        [
          RecordPages.name(page, path: "tags", member: "tag", order: "tag"),
          Column(page.texts("Contacts")) { tag, page in
            guard page.may(.view, .contacts) else { return page.muted("–") }
            let search = "tag:\"\(tag["tag"]?.text ?? "")\""
            return page.link(
              page.texts("View contacts"), to: "contacts?search=\(PageRequest.encoded(search))")
          },
        ]
      },
      fields: { _, page in
        [
          FormSection(
            "",
            [
              FormField(
                "tag", page.texts("Tag"), hint: page.texts("Capital and small letters count."),
                isRequired: true),
              FormField("description", page.texts("Description"), .longText(rows: 3), isWide: true),
            ])
        ]
      })
    kind.isPublishable = false
    kind.isClonable = false
    kind.order = ("tag", "ASC")
    return kind
  }()

  static var routes: [ConsoleRoute] { kind.routes }
}
