import API
import Hummingbird

/// How a file comes to be an asset's.
enum AssetUpload {
  /// The first step of a new asset: the file.
  static func page(_ page: PageRequest, _ error: APIError? = nil) -> Page {
    var shown = Page(
      title: page.texts("New asset"), trail: [.init(text: page.texts("Assets"), path: "assets")],
      contentHTML: template(
        [
          "token": PageRequest.encoded(page.token),
          "problemHTML": error.map { Alert(.bad, $0.message)(page) } ?? HTML.empty,
        ], page.texts), section: "assets", width: .narrow, scripts: ["asset-upload.js"])
    if let error { shown.status = error.status }
    return shown
  }

  private static let template = Template(
    #"""
    {{{problemHTML}}}<section class="panel"><div class="panel-body"><form method="post" enctype="multipart/form-data" action="/console/assets/upload?token={{token}}" data-asset-upload><div class="drop" data-drop>[icon:assets]<label class="label" for="asset-file">[[A file from here]]</label><p class="hint">[[Documents, pictures, sound and films.]]</p><input class="input medium" id="asset-file" type="file" name="file" required></div>
    <div class="form-actions"><button class="button primary">[[Upload]]</button><a class="button" href="/console/assets/new?storage=remote">[[The file is elsewhere]]</a><a class="button plain" href="/console/assets">[[Cancel]]</a></div></form></div></section>
    """#)

  /// Takes the file of a new asset, and leads on to the rest.
  static func take(_ page: PageRequest) async throws -> PageAnswer {
    do {
      let name = try await received(page)
      var path = "assets/new?file=\(PageRequest.encoded(name))"
      if let given = page.query("name") { path += "&name=\(PageRequest.encoded(given))" }
      return .redirect(to: path)
    } catch let error as APIError where error.status.kind == .clientError {
      return .page(Self.page(page, error))
    }
  }

  /// Takes another file for an asset.
  static func replace(_ page: PageRequest) async throws -> PageAnswer {
    let id = try page.id
    do {
      let name = try await received(page)
      try await page.send(
        .patch, "assets/\(id)/edit", ["storageLocation": "local", "file": .string(name)])
      return .redirect(to: "assets/\(id)", message: page.texts("The file is replaced."))
    } catch let error as APIError where error.status.kind == .clientError {
      return .redirect(to: "assets/\(id)", message: error.message)
    }
  }

  /// Hands the file on as it comes, and returns the name that it is kept under.
  private static func received(_ page: PageRequest) async throws -> String {
    let answer = try await page.console.api.forward(
      page.request, to: .post, "/api/files/media/new")
    guard case .whole(let buffer) = answer.body,
      let name = try JSONValue(json: String(buffer: buffer), of: "file")["file"]?["name"]?.text
    else { throw APIError(.internalServerError, "The file has no name.") }
    return name
  }
}

/// The form of an asset.
enum AssetForm {
  static func sections(_ asset: JSONValue?, _ page: PageRequest) async throws -> [FormSection] {
    let texts = page.texts
    return [
      FormSection(
        "",
        [
          FormField(
            "title", texts("Title"), isRequired: true,
            initial: .string(title(page.query("name") ?? ""))), source(asset, page),
          FormField(
            "alias", texts("Alias"), hint: texts("Part of the address. Empty: made of the title.")),
          try await CommonFields.category("asset", page), CommonFields.language(page),
          FormField("description", texts("Description"), .longText(rows: 3), isWide: true),
          FormField("disallow", texts("Hide from search engines"), .flag, initial: true),
        ]), CommonFields.publishing(page),
    ]
  }

  /// The name of a file, without its ending.
  private static func title(_ name: String) -> String {
    guard let point = name.lastIndex(of: "."), point != name.startIndex else { return name }
    return String(name[..<point])
  }

  /// Where the file is.
  private static func source(_ asset: JSONValue?, _ page: PageRequest) -> FormField {
    let texts = page.texts
    let isRemote =
      asset.map { $0["storageLocation"]?.text == "remote" } ?? (page.query("file") == nil)
    if isRemote {
      return FormField(
        "file", texts("Address of the file"),
        .markup(
          remote(["isRequired": asset == nil, "hasHint": asset != nil], texts)),
        hint: asset == nil
          ? texts("It is not copied: visitors are led there.")
          : texts("Empty: the address stays as it is."))
    }
    let shown = asset.map { AssetPages.file($0, page) } ?? page.query("name") ?? texts("Uploaded")
    return FormField(
      "file", texts("File"),
      .markup(local(["file": page.query("file") ?? "", "shown": shown], texts)))
  }

  private static let remote = Template(
    #"""
    <input type="hidden" name="storageLocation" value="remote"><input class="input" id="f-file" name="file" type="url"{{#isRequired}} required{{/isRequired}} aria-describedby="f-file-hint">
    """#)
  private static let local = Template(
    #"""
    {{#file}}<input type="hidden" name="storageLocation" value="local"><input type="hidden" name="file" value="{{file}}">{{/file}}<output class="row" id="f-file">[icon:ok]{{shown}}</output>
    """#)
}
