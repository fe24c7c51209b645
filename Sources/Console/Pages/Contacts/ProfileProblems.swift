import API

/// What was wrong with a form of a contact or company: a list above it that leads to the fields.
struct ProfileProblems: Sendable {
  private let values: FormValues
  private let page: PageRequest
  private let labels: [String: String]

  /// - Parameter fields: The fields of the form.
  init(_ fields: [JSONValue], _ values: FormValues, _ page: PageRequest) {
    self.values = values
    self.page = page
    labels = Dictionary(
      fields.map { ($0["alias"]?.text ?? "", $0["label"]?.text ?? "") }, uniquingKeysWith: { $1 })
  }

  func html() -> HTML {
    let lines = values.problems.sorted { $0.key < $1.key }.map { name, messages -> [String: Any] in
      [
        "label": labels[name] ?? name,
        "id": labels[name] == nil ? "" : FormView.id(FormField(name, "")),
        "text": messages.joined(separator: " "),
      ]
    }
    return Self.template(["problem": values.problem ?? "", "lines": lines], page.texts)
  }

  private static let template = Template(
    #"""
    <div class="alert bad" role="alert" tabindex="-1">[icon:bad]<div><strong>{{problem}}</strong><ul>{{#lines}}<li>{{#id}}<a href="#{{id}}">{{label}}</a>{{/id}}{{^id}}{{label}}{{/id}}: {{text}}</li>{{/lines}}</ul></div></div>
    """#)
}
