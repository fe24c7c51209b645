/// The four steps of an import, above each of their pages.
enum ImportSteps {
  private static let template = Template(
    #"""
    <ol class="steps" aria-label="[[Steps]]">{{#steps}}<li{{#isDone}} class="done"{{/isDone}}{{#isCurrent}} aria-current="step"{{/isCurrent}}>{{#href}}<a href="/console/{{href}}">{{text}}</a>{{/href}}{{^href}}{{text}}{{/href}}{{#isDone}}<span class="sr">[[done]]</span>{{/isDone}}</li>{{/steps}}</ol>
    """#)

  /// - Parameters:
  ///   - current: The number of the step shown, from 1.
  ///   - id: The import whose steps lead back to; nil where none do.
  static func shown(_ current: Int, id: String? = nil, _ page: PageRequest) -> HTML {
    let names = ["File", "Check", "Mapping", "Run"]
    let paths = ["", "check", "mapping", ""]
    return template(
      [
        "steps": names.enumerated().map { place, name -> [String: Any] in
          let isDone = place + 1 < current
          let path = paths[place]
          return [
            "text": page.texts(name), "isDone": isDone, "isCurrent": place + 1 == current,
            "href": isDone && !path.isEmpty ? id.map { "imports/\($0)/\(path)" } ?? "" : "",
          ]
        }
      ], page.texts)
  }
}
