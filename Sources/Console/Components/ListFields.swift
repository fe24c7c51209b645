import API

/// Fields whose value is a list of texts.
enum ListFields {
  /// One of several values that can be ticked.
  struct Box: Sendable {
    var value: String
    /// In the reader's language.
    var label: String
    /// What it means; empty for nothing.
    var hint = ""
  }

  private static let boxesTemplate = Template(
    #"""
    <input type="hidden" name="{{name}}" value=""><div class="choices" id="{{id}}" role="group" aria-label="{{label}}">{{#boxes}}<label class="choice"><input type="checkbox" name="{{name}}[]" value="{{value}}"{{#isTicked}} checked{{/isTicked}}><span>{{label}}{{#hint}}<span class="hint">{{hint}}</span>{{/hint}}</span></label>{{/boxes}}</div>
    """#)

  private static let linesTemplate = Template(
    #"""
    <textarea class="input mono" id="{{id}}" name="{{name}}" rows="{{rows}}" spellcheck="false">
    {{text}}</textarea>
    """#)

  /// Boxes to tick some of several values.
  static func boxes(
    _ name: String, _ label: String, _ boxes: [Box], initial: [String] = [], hint: String = "",
    _ page: PageRequest
  ) -> FormField {
    let texts = page.texts
    return FormField(
      name, label,
      .drawn { value in
        let ticked = Set(listed(value))
        return boxesTemplate(
          [
            "name": name, "label": label, "id": "f-\(name)",
            "boxes": boxes.map { box -> [String: Any] in
              [
                "value": box.value, "label": box.label, "hint": box.hint,
                "isTicked": ticked.contains(box.value),
              ]
            },
          ], texts)
      }, hint: hint, initial: .array(initial.map { .string($0) }), isWide: true)
  }

  /// One text a line.
  static func lines(
    _ name: String, _ label: String, rows: Int = 3, hint: String = "", _ page: PageRequest
  ) -> FormField {
    let texts = page.texts
    return FormField(
      name, label,
      .drawn { value in
        linesTemplate(
          [
            "name": name, "id": "f-\(name)", "rows": rows,
            "text": listed(value).joined(separator: "\n"),
          ], texts)
      }, hint: hint, isWide: true)
  }

  /// The texts of a list, in whatever form it was sent.
  private static func listed(_ value: JSONValue) -> [String] {
    switch value {
    case .array(let items): items.compactMap(\.text)
    case .object(let object): object.members.compactMap { $0.value.text }
    case .null: []
    default: [value.text ?? ""].filter { !$0.isEmpty }
    }
  }
}
