import API

/// The list of e-mails and their form.
enum EmailKind {
  /// The types of e-mails, by the last part of the path of their list.
  static let types: [(path: String, value: String, text: String)] = [
    ("segment", "list", "Segment e-mails"), ("template", "template", "Template e-mails"),
  ]

  static let kind: RecordPages = {
    var kind = RecordPages(
      "emails", member: "email", area: .emails,
      nouns: .init(
        one: "E-mail", many: "E-mails", none: "No e-mails yet",
        meaning:
          "Segment e-mails go to the members of segments, once to each. Template e-mails are sent by campaigns, forms, points and on the page of a contact.",
        new: "New e-mail"),
      columns: columns, fields: { try await EmailFields(record: $0, page: $1).sections() })
    kind.order = ("dateAdded", "DESC")
    kind.hasDetails = true
    kind.prepare = { members, _ in EmailFields.prepare(&members) }
    kind.scripts = ["email-builder.js"]
    kind.styles = ["email-builder.css", "emails.css"]
    return kind
  }()

  private static func columns(_ page: PageRequest) -> [Column] {
    let texts = page.texts
    return [
      Column(texts("Name"), order: "name") { name($0, $1) },
      Column(texts("Kind"), .wide) { email, page in
        HTML(
          escaping: email["emailType"]?.text == "list"
            ? page.texts("Segment e-mail") : page.texts("Template e-mail"))
      },
      Column(texts("Status")) { $1.published($0) },
      Column(texts("Sent"), order: "sentCount", .number) { $1.count($0["sentCount"]) },
      Column(texts("Opened"), order: "readCount", .number) { email, page in
        let figures = EmailFigures(email)
        return figures.rate(figures.opened, machines: figures.openedByMachines, page)
      },
      Column(texts("Clicked"), .number) { email, page in
        let figures = EmailFigures(email)
        return figures.rate(figures.clicked, machines: figures.clicksByMachines, page)
      },
      Column(texts("Unsubscribed"), .number) { email, page in
        let figures = EmailFigures(email)
        return figures.rate(figures.unsubscribed, page)
      },
      Column(texts("Created"), order: "dateAdded", .wide) { $1.time($0["dateAdded"]) },
    ]
  }

  private static func name(_ email: JSONValue, _ page: PageRequest) -> HTML {
    let variants = email["variantChildren"]?.elements?.count ?? 0
    let translations = email["translationChildren"]?.elements?.count ?? 0
    return nameTemplate(
      [
        "id": email["id"]?.text ?? "", "name": email["name"]?.text ?? "",
        "subject": email["subject"]?.text ?? "", "language": email["language"]?.text ?? "",
        "variants": variants == 0
          ? "" : page.texts.counting(variants, one: "1 variant", many: "{count} variants"),
        "translations": translations == 0
          ? ""
          : page.texts.counting(
            translations, one: "1 translation", many: "{count} translations"),
      ], page.texts)
  }

  private static let nameTemplate = Template(
    #"""
    <a href="/console/emails/{{id}}">{{name}}</a><span class="sub">{{subject}}{{#variants}} · {{.}}{{/variants}}{{#translations}} · {{.}}{{/translations}}</span>
    """#)
}
