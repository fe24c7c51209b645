import API
import HTTPTypes
import Hummingbird

/// Campaigns as files and copies, and their work.
enum CampaignDocuments {
  /// The campaign as a file: ours, or with `format=mautic` that of Mautic.
  static func export(_ page: PageRequest) async throws -> PageAnswer {
    let id = try page.id
    let isOfMautic = page.query("format") == "mautic"
    let document = try await page.get(
      isOfMautic ? "campaigns/export/\(id)" : "campaigns/\(id)/export")
    let name = "campaign-\(id)\(isOfMautic ? "-mautic" : "").json"
    return .other(
      APIResponse(
        headers: [
          .contentType: "application/json",
          .contentDisposition: "attachment; filename=\"\(name)\"", .cacheControl: "no-store",
          .xContentTypeOptions: "nosniff",
        ], body: .whole(ByteBuffer(bytes: document.rendered))))
  }

  static func clone(_ page: PageRequest) async throws -> PageAnswer {
    let answer = try await page.send(.post, "campaigns/clone/\(page.id)")
    return .redirect(
      to: "campaigns/\(answer["campaign"]?["id"]?.text ?? "")/edit",
      message: page.texts("Copied. This is the copy."))
  }

  /// Brings the members in line with the segments and forms.
  static func trigger(_ page: PageRequest) async throws -> PageAnswer {
    let id = try page.id
    do {
      try await page.send(.post, "campaigns/\(id)/trigger")
    } catch let error as APIError where error.status == .conflict {
      return .redirect(to: "campaigns/\(id)", message: error.message)
    }
    return .redirect(
      to: "campaigns/\(id)", message: page.texts("New members are being looked for."))
  }

  // MARK: Import

  static func form(_ page: PageRequest) async throws -> PageAnswer { .page(shown(page)) }

  /// Hands the file on, and tells what of the campaigns is missing here.
  static func load(_ page: PageRequest) async throws -> PageAnswer {
    let answer: APIResponse
    do {
      answer = try await page.console.api.forward(
        page.request, to: .post, "/api/campaigns/import")
    } catch let error as APIError where error.status.kind == .clientError {
      return .page(shown(page, error))
    }
    guard case .whole(let content) = answer.body else {
      return .redirect(to: "campaigns", message: page.texts("Imported."))
    }
    let imported = try JSONParser.parse(Array(content.readableBytesView))["imported"]?.elements
    let missing = (imported ?? []).flatMap { $0["missing"]?.elements ?? [] }
    if missing.isEmpty, let only = imported?.first, imported?.count == 1 {
      return .redirect(
        to: "campaigns/\(only["campaign"]?["id"]?.text ?? "")",
        message: page.texts("Imported. It is not published yet."))
    }
    return .page(result(imported ?? [], page))
  }

  private static let template = Template(
    #"""
    <form method="post" action="/console/campaigns/import?token={{token}}" enctype="multipart/form-data">{{{problemHTML}}}
    <section class="panel"><div class="panel-body"><div class="drop">[icon:import]<label class="label" for="c-file">[[Document]]</label><p class="hint" id="c-hint">[[A campaign that was exported here or by Mautic, as JSON or as an archive with it.]]</p><input class="input medium" id="c-file" type="file" name="file" accept=".json,.zip,application/json,application/zip" required aria-describedby="c-hint"></div></div></section>
    <div class="form-actions"><button class="button primary">[[Import]]</button><a class="button plain" href="/console/campaigns">[[Cancel]]</a><span class="hint">[[Imported campaigns are not published.]]</span></div></form>
    """#)

  private static func shown(_ page: PageRequest, _ error: APIError? = nil) -> Page {
    var shown = Page(
      title: page.texts("Import a campaign"),
      trail: [.init(text: page.texts("Campaigns"), path: "campaigns")],
      contentHTML: template(
        [
          "token": PageRequest.encoded(page.token),
          "problemHTML": error.map { Alert(.bad, $0.message)(page) } ?? .empty,
        ], page.texts), section: "campaigns", width: .narrow)
    if let error { shown.status = error.status }
    return shown
  }

  private static let resultTemplate = Template(
    #"""
    {{#campaigns}}<section class="panel"><header class="panel-head"><h2><a href="/console/campaigns/{{id}}">{{name}}</a></h2></header>{{#isWhole}}<div class="panel-body"><p>[[All that it names is here.]]</p></div>{{/isWhole}}{{^isWhole}}<div class="panel-body"><p>[[These records are not here. Choose others on the canvas before you publish it.]]</p></div><ul class="list">{{#missing}}<li>[icon:warn]<span class="grow">{{name}}<span class="sub">{{kind}}{{#events}}, [[needed by {{events}}]]{{/events}}</span></span></li>{{/missing}}</ul>{{/isWhole}}</section>{{/campaigns}}
    """#)

  private static func result(_ imported: [JSONValue], _ page: PageRequest) -> Page {
    let content = resultTemplate(
      [
        "campaigns": imported.map { item -> [String: Any] in
          let missing = item["missing"]?.elements ?? []
          return [
            "id": item["campaign"]?["id"]?.text ?? "",
            "name": item["campaign"]?["name"]?.text ?? "", "isWhole": missing.isEmpty,
            "missing": missing.map { record -> [String: Any] in
              [
                "name": record["name"]?.text ?? "", "kind": record["kind"]?.text ?? "",
                "events": (record["events"]?.elements ?? []).compactMap(\.text)
                  .joined(separator: ", "),
              ]
            },
          ]
        }
      ], page.texts)
    return Page(
      title: page.texts("Imported"),
      trail: [.init(text: page.texts("Campaigns"), path: "campaigns")], contentHTML: content,
      section: "campaigns", width: .narrow)
  }
}
