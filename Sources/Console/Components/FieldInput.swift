import API

/// The input of a field.
struct FieldInput: Sendable {
  let field: FormField
  let values: FormValues
  let page: PageRequest

  private static let line = Template(
    #"""
    <input class="input" id="{{id}}" name="{{name}}" type="{{type}}" value="{{value}}"{{#step}} step="{{step}}"{{/step}}{{#isRequired}} required{{/isRequired}}{{#describedBy}} aria-describedby="{{describedBy}}"{{/describedBy}}{{#isWrong}} aria-invalid="true"{{/isWrong}}{{#isSecret}} autocomplete="new-password"{{/isSecret}}>
    """#)
  private static let lines = Template(
    #"""
    <textarea class="input{{#isCode}} mono{{/isCode}}" id="{{id}}" name="{{name}}" rows="{{rows}}"{{#isRequired}} required{{/isRequired}}{{#describedBy}} aria-describedby="{{describedBy}}"{{/describedBy}}{{#isWrong}} aria-invalid="true"{{/isWrong}}{{#isCode}} spellcheck="false"{{/isCode}}>
    {{value}}</textarea>
    """#)
  private static let flag = Template(
    #"""
    <input type="hidden" name="{{name}}" value="0"><label class="choice"><input class="switch" type="checkbox" role="switch" id="{{id}}" name="{{name}}" value="1"{{#isChecked}} checked{{/isChecked}}{{#describedBy}} aria-describedby="{{describedBy}}"{{/describedBy}}> <span>{{label}}</span></label>
    """#)
  private static let select = Template(
    #"""
    {{#isMultiple}}<input type="hidden" name="{{emptyName}}" value="">{{/isMultiple}}<select class="input" id="{{id}}" name="{{name}}"{{#isMultiple}} multiple size="{{size}}"{{/isMultiple}}{{#isRequired}} required{{/isRequired}}{{#describedBy}} aria-describedby="{{describedBy}}"{{/describedBy}}{{#isWrong}} aria-invalid="true"{{/isWrong}}>{{#isOptional}}<option value=""></option>{{/isOptional}}{{#groups}}{{#heading}}<optgroup label="{{heading}}">{{/heading}}{{#options}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/options}}{{#heading}}</optgroup>{{/heading}}{{/groups}}</select>
    """#)

  func callAsFunction() -> HTML {
    switch field.kind {
    case .text: return line("text")
    case .email: return line("email")
    case .url: return line("url")
    case .password: return line("password", value: "")
    case .number: return line("number", step: "any")
    case .color: return line("color", value: color)
    case .date: return line("date", value: String(text.prefix(10)))
    case .moment: return line("datetime-local", value: moment)
    case .longText(let rows): return lines(rows, isCode: false)
    case .code(let rows): return lines(rows, isCode: true)
    case .island(let rows, let wrapped): return wrapped(lines(rows, isCode: true))
    case .flag: return Self.flag(common.merging(["isChecked": isTrue]) { $1 }, page.texts)
    case .choice(let choices): return select(choices, isMultiple: false)
    case .choices(let choices): return select(choices, isMultiple: true)
    case .drawn(let draw): return draw(value)
    case .markup(let html): return html
    }
  }

  private var value: JSONValue { values.value(field) ?? field.initial }
  private var text: String { value.text ?? "" }

  private var isTrue: Bool { value.truth ?? false }

  private var color: String {
    let digits = text.drop { $0 == "#" }
    return digits.count == 6 ? "#\(digits)" : "#4e5d9d"
  }

  /// A time of the API in the user's zone, or what the user sent, as it is.
  private var moment: String {
    guard text.contains("+") || text.hasSuffix("Z"), let date = Formats.date(text) else {
      return text
    }
    return page.formats.input(date)
  }

  private var common: [String: Any] {
    let id = FormView.id(field)
    let problems = values.problems[field.name] ?? []
    let described =
      (field.hint.isEmpty ? [] : ["\(id)-hint"]) + (problems.isEmpty ? [] : ["\(id)-error"])
    return [
      "id": id, "name": field.name, "label": field.label, "isRequired": field.isRequired,
      "describedBy": described.joined(separator: " "), "isWrong": !problems.isEmpty,
    ]
  }

  private func line(_ type: String, step: String = "", value: String? = nil) -> HTML {
    Self.line(
      common.merging([
        "type": type, "step": step, "value": value ?? text, "isSecret": type == "password",
      ]) { $1 }, page.texts)
  }

  private func lines(_ rows: Int, isCode: Bool) -> HTML {
    Self.lines(common.merging(["rows": rows, "isCode": isCode, "value": text]) { $1 }, page.texts)
  }

  private func select(_ choices: [FormField.Choice], isMultiple: Bool) -> HTML {
    let chosen = Set(chosenValues)
    var groups: [[String: Any]] = []
    for choice in choices {
      let option: [String: Any] = [
        "value": choice.value, "label": choice.label, "isChosen": chosen.contains(choice.value),
      ]
      if let last = groups.last, last["heading"] as? String == choice.group,
        let options = last["options"] as? [[String: Any]]
      {
        groups[groups.count - 1]["options"] = options + [option]
      } else {
        groups.append(["heading": choice.group, "options": [option]])
      }
    }
    let hasEmpty = choices.contains { $0.value.isEmpty }
    return Self.select(
      common.merging([
        "name": isMultiple ? field.name + "[]" : field.name, "emptyName": field.name,
        "isMultiple": isMultiple, "size": min(max(choices.count, 3), 8), "groups": groups,
        "isOptional": !isMultiple && !field.isRequired && !hasEmpty,
      ]) { $1 }, page.texts)
  }

  /// The chosen values, of lists of texts and of lists of records alike.
  private var chosenValues: [String] {
    switch value {
    case .array(let items): items.compactMap { $0["id"]?.text ?? $0.text }
    case .object(let object):
      if let id = object["id"]?.text {
        [id]
      } else {
        object.members.compactMap { $0.value["id"]?.text ?? $0.value.text }
      }
    case .null: []
    default: [text]
    }
  }
}
