import API

/// Shows the fields of a form, with their values and what was wrong with them.
struct FormView: Sendable {
  let page: PageRequest
  var sections: [FormSection]
  var values: FormValues

  private static let sectionTemplate = Template(
    #"""
    <fieldset class="group">{{#heading}}<legend>{{heading}}</legend>{{/heading}}
    <div class="fields two">{{#fields}}
    <div class="field{{#isWide}} full{{/isWide}}">
    {{^isFlag}}<label class="label" for="{{id}}">{{label}}{{#isOptional}}<span class="optional">[[optional]]</span>{{/isOptional}}</label>{{/isFlag}}
    {{{inputHTML}}}
    {{#hint}}<p class="hint" id="{{id}}-hint">{{hint}}</p>{{/hint}}
    {{#problems}}<p class="error" id="{{id}}-error">{{.}}</p>{{/problems}}
    </div>{{/fields}}</div></fieldset>
    """#)

  /// The fields, without the form around them.
  func callAsFunction() -> HTML {
    sections.map { section in
      Self.sectionTemplate(
        ["heading": section.heading, "fields": section.fields.map(shown)], page.texts)
    }.joined()
  }

  /// What was wrong, above the form: where each problem stands beside its field, only how many there are.
  var problemHTML: HTML {
    guard let problem = values.problem else { return .empty }
    let names = Set(sections.flatMap(\.fields).map(\.name))
    let problems = values.problems
    guard !problems.isEmpty, problems.keys.allSatisfy(names.contains) else {
      return Alert(.bad, problem)(page)
    }
    return Alert(
      .bad,
      page.texts.counting(
        problems.count, one: "One field needs another value.",
        many: "{count} fields need other values."))(page)
  }

  private func shown(_ field: FormField) -> [String: Any] {
    let problems = values.problems[field.name] ?? []
    var isFlag = false
    if case .flag = field.kind { isFlag = true }
    return [
      "id": Self.id(field), "label": field.label, "hint": field.hint, "problems": problems,
      "isOptional": field.isMarkedOptional, "isWide": field.isWide, "isFlag": isFlag,
      "inputHTML": FieldInput(field: field, values: values, page: page)(),
    ]
  }

  /// The id of a field's input.
  static func id(_ field: FormField) -> String {
    "f-" + field.name.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
  }
}
