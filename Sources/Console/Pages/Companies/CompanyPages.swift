import API

/// The pages of companies.
enum CompanyPages {
  /// The list, and what is done with the selected.
  static let kind: RecordPages = {
    var kind = RecordPages(
      "companies", member: "company", area: .contacts,
      nouns: .init(
        one: "Company", many: "Companies", none: "No companies yet",
        meaning:
          "Companies are what contacts work for. A contact with the name of a company makes it, or add one by hand.",
        new: "New company"),
      columns: { page in
        [
          Column(page.texts("Name"), order: "companyname") { CompanyName.cell($0, $1) },
          Column(page.texts("E-mail"), order: "companyemail") {
            $1.filled($0["fields"]?["all"]?["companyemail"]?.text)
          },
          Column(page.texts("Place"), order: "companycity", .wide) { company, page in
            page.filled(CompanyName.place(company))
          },
          Column(page.texts("Web site"), order: "companywebsite", .wide) {
            $1.filled($0["fields"]?["all"]?["companywebsite"]?.text)
          },
          Column(page.texts("Owner"), order: "owner", .wide) {
            $1.filled(ContactColumns.owner($0["owner"]))
          },
          Column(page.texts("Score"), order: "score", .number) { $1.count($0["score"]) },
          Column("", .tools) { CompanyName.tools($0, $1) },
        ]
      }, fields: { _, _ in [] })
    kind.isPublishable = false
    kind.order = ("companyname", "ASC")
    kind.hasDetails = true
    return kind
  }()

  static var routes: [ConsoleRoute] {
    [
      .get("/companies", needs: .on(.contacts, .view)) {
        try await RecordList(kind: kind, page: $0)()
      },
      .post("/companies/batch", needs: .on(.contacts, .delete)) {
        try await RecordActions(kind: kind).batch($0)
      },
      .get("/companies/new", needs: .on(.contacts, .create)) {
        try await CompanyForm(page: $0, isNew: true).shown()
      },
      .post("/companies/new", needs: .on(.contacts, .create)) {
        try await CompanyForm(page: $0, isNew: true).save()
      },
      .get("/companies/{id}", needs: .on(.contacts, .view)) {
        try await CompanyDetails(page: $0).shown()
      },
      .get("/companies/{id}/edit", needs: .on(.contacts, .edit)) {
        try await CompanyForm(page: $0, isNew: false).shown()
      },
      .post("/companies/{id}/edit", needs: .on(.contacts, .edit)) {
        try await CompanyForm(page: $0, isNew: false).save()
      },
      .get("/companies/{id}/delete", needs: .on(.contacts, .delete)) {
        try await CompanyDeletion(page: $0).asked()
      },
      .post("/companies/{id}/delete", needs: .on(.contacts, .delete)) {
        try await CompanyDeletion(page: $0).delete()
      },
      .post("/companies/{id}/contacts/{cid}/{change:text}", needs: .on(.contacts, .edit)) {
        try await CompanyMembers(page: $0).change()
      },
      .get("/companies/{id}/merge", needs: .on(.contacts, .edit)) {
        try await CompanyMerge(page: $0).shown()
      },
      .post("/companies/{id}/merge", needs: .on(.contacts, .edit)) {
        try await CompanyMerge(page: $0).merge()
      },
    ]
  }
}

extension PageRequest {
  /// A text, or nothing at all where there is none.
  func filled(_ text: String?) -> HTML { text.map { HTML(escaping: $0) } ?? .empty }
}
