import API

/// The form of one dynamic content: the text for all, and texts for those who match filters.
struct EmailDynamicContentForm: Sendable {
  let page: PageRequest
  let email: JSONValue
  /// Its place among those of the e-mail; nil for a new one.
  let place: Int?

  /// The most texts that are told apart.
  private static let mostVariants = 50

  private static let template = Template(
    #"""
    <form method="post" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">
    <fieldset class="group"><div class="fields"><div class="field"><label class="label" for="dc-name">[[Name]]</label><input class="input medium" id="dc-name" name="tokenName" value="{{name}}" required maxlength="191" aria-describedby="dc-name-hint"><p class="hint" id="dc-name-hint">[[It stands in the e-mail as]] <code>{{code}}</code></p></div>
    <div class="field"><label class="label" for="dc-content">[[Text for all others]]</label><textarea class="input mono" id="dc-content" name="content" rows="5">
    {{content}}</textarea></div></div></fieldset>
    {{#variants}}<fieldset class="group"><legend>{{heading}}</legend><div class="fields"><div class="field"><span class="label">[[Who sees it]]</span><segment-builder name="variants[{{index}}][filters]" no-preview><textarea class="input mono" name="variants[{{index}}][filters]" rows="5" aria-label="[[Filters as JSON]]" spellcheck="false">{{filters}}</textarea></segment-builder></div>
    <div class="field"><label class="label" for="dc-{{index}}">[[Text]]</label><textarea class="input mono" id="dc-{{index}}" name="variants[{{index}}][content]" rows="5">
    {{content}}</textarea></div>{{^isNew}}<label class="choice"><input type="checkbox" name="variants[{{index}}][remove]" value="1"> <span>[[Take this text away]]</span></label>{{/isNew}}</div></fieldset>{{/variants}}
    <div class="form-actions">{{#mayEdit}}<button class="button primary">[[Save]]</button>{{/mayEdit}}<a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)

  /// The page with the form.
  func callAsFunction(_ slot: JSONValue, problem: String? = nil) throws -> Page {
    let texts = page.texts
    let name = slot["tokenName"]?.text ?? ""
    var variants: [JSONValue] = slot["filters"]?.elements ?? []
    if variants.count < Self.mostVariants { variants.append([:]) }
    let form = Self.template(
      [
        "token": page.token, "name": name, "content": slot["content"]?.text ?? "",
        "code": "{dynamiccontent=\"\(name.isEmpty ? texts("name") : name)\"}",
        "mayEdit": page.may(.edit, .emails), "back": "/console/emails/\(try page.id)/dynamic",
        "problemHTML": problem.map { Alert(.bad, $0)(page) } ?? .empty,
        "variants": variants.enumerated().map { index, variant -> [String: Any] in
          let isNew = variant["filters"] == nil
          let filters = variant["filters"] ?? []
          return [
            "index": String(index), "isNew": isNew, "content": variant["content"]?.text ?? "",
            "filters": filters.text ?? String(decoding: filters.rendered, as: UTF8.self),
            "heading": isNew
              ? texts("Another text for some")
              : texts("Text {number} for some", ["number": String(index + 1)]),
          ]
        },
      ], texts)
    var shown = try EmailTabs.page(email, "dynamic", Panel()(form, page), page)
    shown.scripts = ["segment-builder.js"]
    shown.styles = ["segment-builder.css", "emails.css"]
    return shown
  }

  /// What a form has sent, without the texts that were taken away and the one that was left empty. Filters that do not parse
  /// stay a text.
  static func slot(_ body: FormBody) -> JSONValue {
    let sent = body.members["variants"]?.elements ?? []
    let variants = sent.filter { $0["remove"]?.truth != true }.map { variant -> JSONValue in
      let written = variant["filters"]?.text ?? ""
      let content = (variant["content"]?.text ?? "").replacing("\r\n", with: "\n")
      return ["content": .string(content), "filters": filters(written)]
    }.filter { variant in
      variant["content"]?.text != "" || variant["filters"]?.isEmptyContainer != true
    }
    return [
      "tokenName": .string(body.text("tokenName") ?? ""),
      "content": .string((body.text("content") ?? "").replacing("\r\n", with: "\n")),
      "filters": .array(variants),
    ]
  }

  private static func filters(_ text: String) -> JSONValue {
    guard text.contains(where: { !$0.isWhitespace }) else { return [] }
    do {
      return try JSONValue(json: text, of: "filters")
    } catch {
      return .string(text)
    }
  }

  /// Why a form cannot be kept; nil where it can.
  func problem(_ sent: JSONValue, _ body: FormBody, among slots: [JSONValue]) -> String? {
    let name = sent["tokenName"]?.text ?? ""
    let texts = page.texts
    guard !name.isEmpty else { return texts("A name is required.") }
    guard !name.contains(where: { "\"{}".contains($0) }) else {
      return texts("The name must be without quotes and braces.")
    }
    let others = slots.enumerated().filter { $0.offset != place }
    guard !others.contains(where: { $0.element["tokenName"]?.text == name }) else {
      return texts("There is dynamic content with this name already.")
    }
    for variant in sent["filters"]?.elements ?? [] {
      guard case .array(let filters)? = variant["filters"] else {
        return texts("The filters are no list in JSON.")
      }
      guard !filters.isEmpty else {
        return texts("A text for some needs filters that tell for whom it is.")
      }
    }
    return nil
  }
}
