import API

/// The pages of landing pages: their editor, how they look, and who visits them.
enum LandingPages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "pages", member: "page", area: .pages,
      nouns: .init(
        one: "Landing page", many: "Landing pages", none: "No landing pages yet",
        meaning:
          "A landing page is a page of this installation, in your own HTML, with what is known of the visitor in it, tests of variants, and translations.",
        new: "New landing page"),
      columns: { page in
        [
          RecordPages.name(page, path: "pages", member: "title", order: "title", hasDetails: true),
          Column(page.texts("Address"), order: "alias", .wide) { row, page in
            page.plain("/\(row["alias"]?.text ?? "")")
          },
          Column(page.texts("Visits"), order: "hits", .number) { $1.count($0["hits"]) },
          Column(page.texts("Different visitors"), order: "uniqueHits", .number) {
            $1.count($0["uniqueHits"])
          },
          Column(page.texts("Versions"), .wide) { row, page in
            page.plain(versions(row, page))
          },
          Column(page.texts("Status"), order: "isPublished") { $1.published($0) },
        ]
      },
      fields: { record, page in try await LandingPageForm.sections(record, page) })
    kind.order = ("title", "ASC")
    kind.hasDetails = true
    kind.prepare = { members, _ in LandingPageForm.prepare(&members) }
    kind.copied = { members in
      for name in [
        "variantChildren", "translationChildren", "hits", "uniqueHits", "variantHits", "revision",
        "variantStartDate",
      ] { members[name] = nil }
      for name in ["variantParent", "translationParent"] {
        if let id = members[name]?["id"] { members[name] = id }
      }
      if members["variantSettings"]?.isEmptyContainer == true { members["variantSettings"] = nil }
    }
    return kind
  }()

  /// How many variants and translations there are.
  private static func versions(_ row: JSONValue, _ page: PageRequest) -> String {
    let (variants, translations) = (
      row["variantChildren"]?.elements?.count ?? 0, row["translationChildren"]?.elements?.count ?? 0
    )
    var parts: [String] = []
    if variants > 0 {
      parts.append(page.texts.counting(variants, one: "1 variant", many: "{count} variants"))
    }
    if translations > 0 {
      parts.append(
        page.texts.counting(translations, one: "1 translation", many: "{count} translations"))
    }
    return parts.joined(separator: ", ")
  }

  static var routes: [ConsoleRoute] {
    kind.routes + [
      .get("/pages/{id}", needs: .on(.pages, .view)) { .page(try await LandingPage.shown($0)) },
      .get("/pages/{id}/preview", needs: .on(.pages, .view)) { page in
        .other(try await LandingPage.preview(page))
      },
    ]
  }
}
