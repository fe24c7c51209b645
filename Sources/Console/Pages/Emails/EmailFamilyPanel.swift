import API

/// The variants and translations of an e-mail.
struct EmailFamilyPanel: Sendable {
  let page: PageRequest
  let email: JSONValue
  let stats: JSONValue

  private var id: String { email["id"]?.text ?? "" }

  func callAsFunction() async throws -> HTML {
    if let parent = email["variantParent"]?.integer {
      return try await child(page.texts("Variant of"), parent)
    }
    if let parent = email["translationParent"]?.integer {
      return try await child(page.texts("Translation of"), parent)
    }
    return try await variants() + translations()
  }

  private static let childTemplate = Template(
    #"<p>{{what}} {{{linkHTML}}}</p>{{#share}}<p class="muted">[[Share:]] {{.}} %</p>{{/share}}"#)

  private func child(_ what: String, _ parent: Int) async throws -> HTML {
    let name = try await page.optional("emails/\(parent)")?["email"]?["name"]?.text
    let content = Self.childTemplate(
      [
        "what": what, "linkHTML": page.link(name ?? "#\(parent)", to: "emails/\(parent)"),
        "share": email["variantSettings"]?["weight"]?.text ?? "",
      ], page.texts)
    return Panel(page.texts("Versions"))(content, page)
  }

  private func children(_ member: String) async throws -> [JSONValue] {
    var found: [JSONValue] = []
    for id in (email[member]?.elements ?? []).prefix(50) {
      guard let id = id.integer, let email = try await page.optional("emails/\(id)")?["email"]
      else { continue }
      found.append(email)
    }
    return found
  }

  // MARK: Variants

  private static let variantsTemplate = Template(
    #"""
    {{#versions}}<div class="version"><div class="row between"><a href="/console/emails/{{id}}">{{name}}</a>{{#share}}<span class="muted num">{{.}} %</span>{{/share}}</div><p class="muted">{{figures}}</p><div class="row">{{#isBest}}<span class="badge ok">[[Best so far]]</span>{{/isBest}}{{#mayEdit}}<form method="post" action="/console/emails/{{id}}/winner"><input type="hidden" name="token" value="{{token}}"><button class="button small" data-confirm="[[Make this version the content for all who have got nothing yet?]]">[[Declare the winner]]</button></form>{{/mayEdit}}</div></div>{{/versions}}
    {{^versions}}<p class="muted">[[Variants go to a share of the recipients each, to see which does best.]]</p>{{/versions}}
    {{#mayCreate}}<form method="post" action="/console/emails/{{own}}/variant" class="row"><input type="hidden" name="token" value="{{token}}"><label class="label" for="variant-weight">[[Share in per cent]]</label><input class="input share" id="variant-weight" name="weight" type="number" min="1" max="100" value="{{rest}}" required><button class="button small">[icon:plus][[New variant]]</button></form>{{/mayCreate}}
    """#)

  private func variants() async throws -> HTML {
    let variants = try await children("variantChildren")
    let isTested = !variants.isEmpty
    let rates = stats["variants"]?.elements ?? []
    let taken = variants.reduce(0) { $0 + ($1["variantSettings"]?["weight"]?.integer ?? 0) }
    // Without what anybody opened or clicked there is no best.
    let best = rates.first.flatMap { ($0["rate"]?.number ?? 0) > 0 ? $0["id"]?.integer : nil }
    let versions = isTested ? [email] + variants : []
    let content = Self.variantsTemplate(
      [
        "versions": versions.map { version -> [String: Any] in
          let isParent = version["id"] == email["id"]
          let rate = rates.first { $0["id"]?.integer == version["id"]?.integer }
          return [
            "id": version["id"]?.text ?? "", "name": version["name"]?.text ?? "",
            "share": isParent
              ? String(max(0, 100 - taken)) : version["variantSettings"]?["weight"]?.text ?? "",
            "figures": figures(rate), "isBest": best != nil && best == version["id"]?.integer,
            "mayEdit": page.may(.edit, .emails), "token": page.token,
          ]
        },
        "mayCreate": page.may(.create, .emails) && taken < 100, "token": page.token, "own": id,
        "rest": min(50, 100 - taken),
      ], page.texts)
    return Panel(page.texts("Test of variants"))(content, page)
  }

  private func figures(_ rate: JSONValue?) -> String {
    let formats = page.formats
    guard let rate, let sent = rate["sent"]?.integer else { return page.texts("Not sent yet") }
    return page.texts(
      "{sent} sent, {opened} opened, {clicked} clicked by people",
      [
        "sent": formats.number(sent),
        "opened": formats.percent(rate["read"]?.integer ?? 0, of: sent),
        "clicked": formats.percent(rate["clicked"]?.integer ?? 0, of: sent),
      ])
  }

  // MARK: Translations

  private static let translationsTemplate = Template(
    #"""
    {{#versions}}<div class="version row between"><a href="/console/emails/{{id}}">{{name}}</a><span class="badge">{{language}}</span></div>{{/versions}}
    {{^versions}}<p class="muted">[[Contacts get the translation in their own language, where there is one.]]</p>{{/versions}}
    {{#mayCreate}}<form method="post" action="/console/emails/{{own}}/translation" class="row"><input type="hidden" name="token" value="{{token}}"><label class="label" for="translation-language">[[Language]]</label><input class="input share" id="translation-language" name="language" maxlength="35" placeholder="de" required><button class="button small">[icon:plus][[New translation]]</button></form>{{/mayCreate}}
    """#)

  private func translations() async throws -> HTML {
    let versions = try await children("translationChildren")
    let content = Self.translationsTemplate(
      [
        "versions": versions.map {
          [
            "id": $0["id"]?.text ?? "", "name": $0["name"]?.text ?? "",
            "language": $0["language"]?.text ?? "",
          ]
        }, "mayCreate": page.may(.create, .emails), "token": page.token, "own": id,
      ], page.texts)
    return Panel(page.texts("Translations"))(content, page)
  }
}

extension JSONValue {
  /// A number, whole or not; nil for anything else.
  fileprivate var number: Double? {
    switch self {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }
}
