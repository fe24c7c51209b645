import API

/// The form of one setting.
struct SettingForm: Sendable {
  let page: PageRequest
  let base: String
  /// The setting, as the API answers it.
  let setting: JSONValue
  /// What was sent and refused; nil for none.
  let refused: FormValues?

  private var name: String { setting["name"]?.text ?? "" }
  private var type: String { setting["type"]?.text ?? "" }
  private var words: (label: String, hint: String) {
    let known = SettingWords.all[name]
    return (
      page.texts(known?.label ?? name), page.texts(known?.hint ?? setting["effect"]?.text ?? "")
    )
  }

  /// What a search looks through.
  var searched: String {
    [name, words.label, words.hint, setting["effect"]?.text ?? ""].joined(separator: " ")
  }

  private static let template = Template(
    #"""
    <form class="group setting" method="post" action="{{action}}" id="setting-{{name}}"><input type="hidden" name="token" value="{{token}}">
    {{#isFlag}}<input type="hidden" name="value" value="0"><label class="choice"><input class="switch" type="checkbox" role="switch" name="value" value="1"{{#isOn}} checked{{/isOn}}{{{describedHTML}}}><span>{{label}}{{#isChanged}} <span class="badge accent">[[Changed]]</span>{{/isChanged}}</span></label>{{{notesHTML}}}{{/isFlag}}
    {{^isFlag}}<div class="field"><label class="label" for="value-{{name}}">{{label}}{{#isChanged}} <span class="badge accent">[[Changed]]</span>{{/isChanged}}</label>{{{inputHTML}}}{{{notesHTML}}}</div>{{/isFlag}}
    <div class="row"><button class="button small" aria-label="[[Save “{{label}}”]]">[[Save]]</button>{{#isChanged}}<button class="button small plain" name="reset" value="1" formnovalidate aria-label="[[Back to the default of “{{label}}”]]">[[Back to the default]]</button>{{/isChanged}}{{#isSaved}}<span class="status" role="status"><span class="dot ok"></span>[[Saved]]</span>{{/isSaved}}<code class="setting-name">{{name}}</code></div></form>
    """#)
  private static let notes = Template(
    #"""
    <p class="hint" id="value-{{name}}-hint">{{hint}}{{#hint}} {{/hint}}<span class="nowrap">{{standard}}</span>{{#isReadAtStart}} [[Holds from the next start of the API on.]]{{/isReadAtStart}}</p>{{#problems}}<p class="error" id="value-{{name}}-error">{{.}}</p>{{/problems}}
    """#)
  private static let described = Template(
    #" aria-describedby="value-{{name}}-hint{{#isWrong}} value-{{name}}-error{{/isWrong}}"{{#isWrong}} aria-invalid="true" autofocus{{/isWrong}}"#
  )

  func callAsFunction() -> HTML {
    let (words, texts) = (words, page.texts)
    let problems = refused.map { $0.problems["value"] ?? [$0.problem ?? ""] } ?? []
    let place = ["tab", "search"].compactMap { key in
      page.query(key).map { "\(key)=\(PageRequest.encoded($0))" }
    }
    let described = Self.described(["name": name, "isWrong": !problems.isEmpty], texts)
    return Self.template(
      [
        "name": name, "label": words.label, "token": page.token,
        "action": "/console/\(base)/\(name)"
          + (place.isEmpty ? "" : "?" + place.joined(separator: "&")),
        "isFlag": type == "truth", "isOn": (value ?? false).truth ?? false,
        "isChanged": setting["isChanged"]?.truth ?? false, "isSaved": page.query("saved") == name,
        "describedHTML": described, "inputHTML": input(described),
        "notesHTML": Self.notes(
          [
            "name": name, "hint": words.hint, "standard": standard, "problems": problems,
            "isReadAtStart": setting["isReadAtStart"]?.truth ?? false,
          ], texts),
      ], texts)
  }

  /// The value that was refused, or the one in force.
  private var value: JSONValue? { refused?.values["value"] ?? setting["value"] }

  // MARK: Inputs

  private static let line = Template(
    #"""
    <input class="input{{#isShort}} short{{/isShort}}" id="value-{{name}}" name="value" type="{{type}}" value="{{value}}"{{#isNumber}} min="{{minimum}}" max="{{maximum}}" step="1" required inputmode="numeric"{{/isNumber}}{{{describedHTML}}}>
    """#)
  private static let lines = Template(
    #"""
    <textarea class="input{{#isCode}} mono{{/isCode}}" id="value-{{name}}" name="value" rows="{{rows}}" spellcheck="false"{{{describedHTML}}}>
    {{value}}</textarea>
    """#)
  private static let select = Template(
    #"""
    <select class="input medium" id="value-{{name}}" name="value"{{{describedHTML}}}>{{#options}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/options}}</select>
    """#)

  private func input(_ described: HTML) -> HTML {
    let text = value?.text ?? ""
    var values: [String: Any] = [
      "name": name, "describedHTML": described, "value": text, "isCode": true,
    ]
    switch type {
    case "integer":
      values["type"] = "number"
      values["isShort"] = true
      values["isNumber"] = true
      values["minimum"] = setting["minimum"]?.text ?? ""
      values["maximum"] = setting["maximum"]?.text ?? ""
      return Self.line(values, page.texts)
    case "choice":
      values["options"] = (setting["choices"]?.elements ?? []).map { choice -> [String: Any] in
        let word = choice.text ?? ""
        return [
          "value": word, "label": page.texts(SettingWords.choices[word] ?? word),
          "isChosen": word == text,
        ]
      }
      return Self.select(values, page.texts)
    case "list":
      let items = text.split { $0 == "," || $0.isNewline }.map { $0.drop { $0 == " " } }
      values["value"] = items.joined(separator: "\n")
      values["rows"] = min(max(items.count + 1, 2), 8)
      return Self.lines(values, page.texts)
    case "longText":
      values["rows"] = 3
      return Self.lines(values, page.texts)
    default:
      values["type"] = "text"
      values["isShort"] = false
      values["isNumber"] = false
      return Self.line(values, page.texts)
    }
  }

  /// The default in words.
  private var standard: String {
    let texts = page.texts
    guard let value = setting["default"] else { return "" }
    let shown: String
    switch type {
    case "truth": shown = texts(value.truth == true ? "on" : "off")
    case "integer": shown = page.formats.number(value.integer ?? 0)
    case "choice": shown = texts(SettingWords.choices[value.text ?? ""] ?? value.text ?? "")
    default:
      let text = value.text ?? ""
      shown =
        text.isEmpty ? texts("empty") : text.count > 60 ? "\(text.prefix(60))…" : text
    }
    return texts("Default: {value}.", ["value": shown])
  }
}
