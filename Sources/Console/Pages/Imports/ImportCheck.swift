import API

/// The second step of an import: what was understood of the file.
struct ImportCheck: Sendable {
  let page: PageRequest

  /// The rows that are shown.
  private static let rows = 20

  func callAsFunction() async throws -> PageAnswer {
    let id = try page.id
    let figures = ImportFigures(try await page.get("imports/\(id)")["import"] ?? [:])
    guard figures.isDraft else { return .redirect(to: "imports/\(id)") }
    let sample = ImportSample(try await page.get("imports/\(id)/preview", ["limit": 100]))
    let remarks = (figures.item["remarks"]?.elements ?? []).compactMap(\.text)
    let content = Self.template(
      [
        "stepsHTML": ImportSteps.shown(2, page), "id": figures.id, "token": page.token,
        "factsHTML": Panel(page.texts("What was understood"))(facts(figures, sample), page),
        "remarksHTML": remarks.map { Alert(.info, $0)(page) }.joined(),
        "rowsHTML": Panel(
          page.texts("The first rows"), isPadded: false)(rows(sample), page),
        "mayEdit": page.may(.edit, .imports), "mayDelete": page.may(.delete, .imports),
      ], page.texts)
    return .page(
      Page(
        title: figures.file, subtitle: page.texts("Is this how the file is meant?"),
        trail: [.init(text: page.texts("Imports"), path: "imports")], contentHTML: content,
        section: "imports", styles: ["imports.css"]))
  }

  private static let template = Template(
    #"""
    {{{stepsHTML}}}{{{factsHTML}}}{{{remarksHTML}}}{{{rowsHTML}}}
    <div class="form-actions">{{#mayEdit}}<a class="button primary" href="/console/imports/{{id}}/mapping">[[Go on to the mapping]]</a>{{/mayEdit}}{{#mayDelete}}<form method="post" action="/console/imports/{{id}}/delete"><input type="hidden" name="token" value="{{token}}"><input type="hidden" name="next" value="new"><button class="button">[[Take another file, or say how it is written]]</button></form>{{/mayDelete}}</div>
    """#)

  private static let factsTemplate = Template(
    #"""
    <dl class="facts two">{{#facts}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/facts}}</dl>
    """#)

  private func facts(_ figures: ImportFigures, _ sample: ImportSample) -> HTML {
    let texts = page.texts
    let parser = figures.item["properties"]?["parser"]
    let hasHeader = parser?["header"]?.truth != false
    let facts: [(String, String)] = [
      (texts("Rows of data"), page.formats.number(figures.count("lineCount"))),
      (texts("Columns"), page.formats.number(sample.headers.count)),
      (texts("Encoding"), (parser?["encoding"]?.text ?? "utf-8").uppercased()),
      (texts("Between values"), Self.delimiter(parser?["delimiter"]?.text ?? ",", texts)),
      (texts("Around values"), parser?["enclosure"]?.text ?? "–"),
      (texts("First row"), texts(hasHeader ? "Names the columns" : "Is data already")),
      (
        texts("What the rows are"), texts(figures.isOfCompanies ? "Companies" : "Contacts")
      ),
    ]
    return Self.factsTemplate(
      ["facts": facts.map { ["name": $0.0, "value": $0.1] }], page.texts)
  }

  private static func delimiter(_ text: String, _ texts: Texts) -> String {
    switch text {
    case ",": texts("Comma")
    case ";": texts("Semicolon")
    case "\t", "\\t", "tab": texts("Tab")
    default: text
    }
  }

  private static let rowsTemplate = Template(
    #"""
    <div class="sample" tabindex="0" role="group" aria-label="[[The first rows]]"><table><thead><tr>{{#columns}}<th scope="col">{{name}}<span class="badge">{{kind}}</span></th>{{/columns}}</tr></thead><tbody>{{#rows}}<tr>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>{{/rows}}</tbody></table></div>
    """#)

  private func rows(_ sample: ImportSample) -> HTML {
    Self.rowsTemplate(
      [
        "columns": zip(sample.headers, sample.guesses).map { name, guess in
          ["name": name.isEmpty ? "–" : name, "kind": page.texts(guess.kind.rawValue)]
        },
        "rows": sample.rows.prefix(Self.rows).map { row -> [String: Any] in
          ["cells": row.map { String($0.prefix(200)) }]
        },
      ], page.texts)
  }
}
