import API
import HTTPTypes

/// The first step of an import: the file.
struct ImportUpload: Sendable {
  let page: PageRequest

  private static let template = Template(
    #"""
    {{{stepsHTML}}}
    <form method="post" action="/console/imports/new?token={{token}}" enctype="multipart/form-data" data-import-upload>
    <div class="stack"><div data-upload-problem>{{{problemHTML}}}</div>
    <section class="panel"><div class="panel-body stack">
    <input type="hidden" name="autoStart" value="0">
    <fieldset class="choices"><legend class="label">[[What the rows are]]</legend><div class="choices inline"><label class="choice"><input type="radio" name="object" value="contact"{{^isCompany}} checked{{/isCompany}}><span>[[Contacts]]</span></label><label class="choice"><input type="radio" name="object" value="company"{{#isCompany}} checked{{/isCompany}}><span>[[Companies]]</span></label></div></fieldset>
    <details class="unfold"><summary>[[Say how the file is written]]</summary><div class="fields two">
    <div class="field"><label class="label" for="i-encoding">[[Encoding]]</label><select class="input" id="i-encoding" name="parser[encoding]">{{#encodings}}<option value="{{value}}">{{label}}</option>{{/encodings}}</select></div>
    <div class="field"><label class="label" for="i-delimiter">[[Between values]]</label><select class="input" id="i-delimiter" name="parser[delimiter]">{{#delimiters}}<option value="{{value}}">{{label}}</option>{{/delimiters}}</select></div>
    <div class="field"><label class="label" for="i-header">[[First row]]</label><select class="input" id="i-header" name="parser[header]"><option value="auto">[[Find out]]</option><option value="1">[[Names the columns]]</option><option value="0">[[Is data already]]</option></select></div>
    </div></details>
    <div class="drop" data-drop>[icon:import]<label class="label" for="i-file">[[CSV file]]</label><p class="hint">[[Drop it here or choose it. It may have millions of rows.]]</p><input class="input medium" id="i-file" type="file" name="file" accept=".csv,.tsv,.txt,text/csv,text/plain" required aria-describedby="i-name"><p class="hint" id="i-name" data-file-name></p></div>
    <div class="progress" data-upload-progress hidden><div class="progress-head"><span data-upload-text></span><span class="num muted" data-upload-percent></span></div><progress max="100" value="0" aria-label="[[Progress of the upload]]"></progress></div>
    </div></section></div>
    <div class="form-actions"><button class="button primary">[[Upload and check]]</button><a class="button plain" href="/console/imports">[[Cancel]]</a><span class="hint">[[Nothing is imported before you have seen what was understood.]]</span></div></form>
    """#)

  /// The page, with what was wrong with a file.
  func shown(_ error: APIError? = nil) throws -> PageAnswer {
    let content = Self.template(
      [
        "stepsHTML": ImportSteps.shown(1, page), "token": PageRequest.encoded(page.token),
        "problemHTML": error.map { Alert(.bad, $0.message)(page) } ?? .empty,
        "isCompany": page.query("object") == "company",
        "encodings": Self.encodings(page), "delimiters": Self.delimiters(page),
      ], page.texts)
    var shown = Page(
      title: page.texts("New import"),
      trail: [.init(text: page.texts("Imports"), path: "imports")], contentHTML: content,
      section: "imports", width: .narrow, scripts: ["import-upload.js"])
    if let error { shown.status = error.status }
    return .page(shown)
  }

  /// Hands the file on as it comes.
  func take() async throws -> PageAnswer {
    do {
      let answer = try await page.console.api.forward(
        page.request, to: .post, "/api/imports/new")
      guard let place = answer.headers[.location],
        let id = place.split(separator: "/").last.flatMap({ Int64($0) })
      else { throw APIError(.internalServerError, "The import has no address.") }
      return .redirect(to: "imports/\(id)/check")
    } catch let error as APIError where error.status.kind == .clientError {
      return try shown(error)
    }
  }

  private static func encodings(_ page: PageRequest) -> [[String: Any]] {
    let names = ["utf-8", "utf-16", "windows-1252", "iso-8859-1", "iso-8859-15"]
    return [["value": "auto", "label": page.texts("Find out")]]
      + names.map { ["value": $0, "label": $0.uppercased()] }
  }

  private static func delimiters(_ page: PageRequest) -> [[String: Any]] {
    [
      ["value": "auto", "label": page.texts("Find out")],
      ["value": ",", "label": page.texts("Comma")],
      ["value": ";", "label": page.texts("Semicolon")],
      ["value": "tab", "label": page.texts("Tab")], ["value": "|", "label": "|"],
    ]
  }
}
