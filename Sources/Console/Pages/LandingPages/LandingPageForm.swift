import API

/// The editor of a landing page.
enum LandingPageForm {
  static func sections(
    _ record: JSONValue?, _ page: PageRequest
  ) async throws -> [FormSection] {
    let texts = page.texts
    let origin = try await origin(record, page)
    return [
      FormSection(
        "",
        [
          FormField(
            "title", texts("Title"), isRequired: true,
            initial: origin.map { $0["title"] ?? .null } ?? .null),
          FormField(
            "alias", texts("Alias"),
            hint: texts("The address below this installation. Empty: made of the title.")),
          try await CommonFields.category("page", page), CommonFields.language(page),
        ]),
      FormSection(
        texts("Content"),
        [
          FormField(
            "customHtml", texts("HTML"), .code(rows: 24),
            hint: texts(
              "The whole page. Tokens: {contactfield=firstname|friend}, {form=1}, {pagelink=1}, {assetlink=1}, {pagetitle}."
            ), initial: origin?["customHtml"] ?? .string(blank), isWide: true)
        ]),
      search(texts), try await versions(record, page), redirect(texts),
      CommonFields.publishing(page),
    ]
  }

  /// The page whose variant or translation a new one is.
  private static func origin(
    _ record: JSONValue?, _ page: PageRequest
  ) async throws -> JSONValue? {
    guard record == nil, let id = page.query("variantOf") ?? page.query("translationOf"),
      Int64(id) != nil
    else { return nil }
    return try await page.optional("pages/\(id)")?["page"]
  }

  /// What a new page begins with.
  private static let blank = """
    <!doctype html>
    <html lang="en">
    <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <style>
        body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; font: 1.125rem/1.6 system-ui, sans-serif; }
      </style>
    </head>
    <body>
      <h1>{pagetitle}</h1>
      <p>Hello {contactfield=firstname|there}!</p>
    </body>
    </html>
    """

  private static func search(_ texts: Texts) -> FormSection {
    FormSection(
      texts("Search engines"),
      [
        FormField(
          "metaDescription", texts("Description"), .longText(rows: 2),
          hint: texts("Shown by search engines below the title."), isWide: true),
        FormField("noIndex", texts("Hide from search engines"), .flag, initial: false),
        FormField(
          "isPreferenceCenter", texts("Preference centre"), .flag,
          hint: texts("E-mails may lead here for what a recipient wants to get.")),
      ])
  }

  private static func versions(
    _ record: JSONValue?, _ page: PageRequest
  ) async throws -> FormSection {
    let texts = page.texts
    let others = try await RecordChoices.of("pages", member: "title", page)
      .filter { $0.value != record?["id"]?.text }
    return FormSection(
      texts("Variants and translations"),
      [
        FormField(
          "variantParent", texts("Variant of"), .choice(others),
          initial: JSONValue(page.query("variantOf"))),
        FormField(
          "variantSettings[weight]", texts("Weight in per cent"), .number,
          hint: texts("The share of visitors who see this variant."),
          initial: page.query("variantOf") == nil ? .null : 50),
        FormField(
          "translationParent", texts("Translation of"), .choice(others),
          hint: texts("Visitors are led to the page in the language of their browser."),
          initial: JSONValue(page.query("translationOf"))),
      ])
  }

  private static func redirect(_ texts: Texts) -> FormSection {
    FormSection(
      texts("While it is not published"),
      [
        FormField(
          "redirectType", texts("Lead visitors on"),
          .choice([.init("301", texts("for good (301)")), .init("302", texts("for now (302)"))]),
          hint: texts("Empty: they are told that there is no such page.")),
        FormField("redirectUrl", texts("To the address"), .url),
      ])
  }

  /// Lines end as they were typed in, and what is left empty is none.
  static func prepare(_ members: inout JSONObject) {
    if let html = members["customHtml"]?.text {
      members["customHtml"] = .string(html.replacing("\r\n", with: "\n"))
    }
    for name in ["variantParent", "translationParent", "redirectType", "redirectUrl"]
    where members[name] == .string("") {
      members[name] = .null
    }
    if members["variantParent"] == .null { members["variantSettings"] = nil }
    if members["alias"] == .string("") { members["alias"] = nil }
  }
}
