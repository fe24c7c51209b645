import API

/// The pages of assets: files that visitors may download.
enum AssetPages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "assets", member: "asset", area: .assets,
      nouns: .init(
        one: "Asset", many: "Assets", none: "No assets yet",
        meaning:
          "An asset is a file to download: a leaflet, a price list. Downloads count for contacts, points and campaigns.",
        new: "New asset"),
      columns: { page in
        [
          RecordPages.name(page, path: "assets", member: "title", order: "title", hasDetails: true),
          Column(page.texts("File")) { asset, page in
            page.plain(file(asset, page))
          },
          Column(page.texts("Downloads"), order: "downloadCount", .number) {
            $1.count($0["downloadCount"])
          },
          Column(page.texts("Different visitors"), order: "uniqueDownloadCount", .number) {
            $1.count($0["uniqueDownloadCount"])
          },
          Column(page.texts("Category"), .wide) { $1.plain($0["category"]?["title"]?.text) },
          Column(page.texts("Status"), order: "isPublished") { $1.published($0) },
        ]
      },
      fields: { asset, page in try await AssetForm.sections(asset, page) })
    kind.hasDetails = true
    kind.isClonable = false
    kind.prepare = { members, _ in
      // No new file: the asset keeps the one that it has.
      if (members["file"]?.text ?? "").isEmpty {
        members["file"] = nil
        members["storageLocation"] = nil
      }
    }
    return kind
  }()

  /// The kind and the size of an asset's file.
  static func file(_ asset: JSONValue, _ page: PageRequest) -> String {
    let ending = (asset["extension"]?.text ?? "").uppercased()
    guard asset["storageLocation"]?.text != "remote" else {
      return page.texts("Elsewhere") + (ending.isEmpty ? "" : " · \(ending)")
    }
    let size = page.formats.bytes(asset["size"]?.integer ?? 0)
    return ending.isEmpty ? size : "\(ending) · \(size)"
  }

  static var routes: [ConsoleRoute] {
    kind.routes.filter { $0.path != "/assets/new" || $0.method != .get } + [
      .get("/assets/new", needs: .on(.assets, .create)) { page in
        guard page.query("file") == nil, page.query("storage") == nil else {
          return try await RecordForm(kind: kind).new(page)
        }
        return .page(AssetUpload.page(page))
      },
      .post("/assets/upload", needs: .on(.assets, .create), takesFile: true) { page in
        try await AssetUpload.take(page)
      },
      .get("/assets/{id}", needs: .on(.assets, .view)) { .page(try await shown($0)) },
      .post("/assets/{id}/upload", needs: .on(.assets, .edit), takesFile: true) { page in
        try await AssetUpload.replace(page)
      },
    ]
  }

  // MARK: One asset

  private static func shown(_ page: PageRequest) async throws -> Page {
    let asset = try await page.get("assets/\(page.id)")["asset"] ?? [:]
    let id = asset["id"]?.text ?? ""
    let figures = try await page.optional(
      "data/asset.downloads.in.time",
      ["timeUnit": "d", "dataFormat": "raw", "filter": ["assetId": .string(id)]])
    let chart = CountsChart(figures?["data"], names: ["Downloads": page.texts("Downloads")])
    let tiles = FigureTiles([
      (page.texts("Downloads"), page.formats.number(asset["downloadCount"]?.integer ?? 0)),
      (
        page.texts("Different visitors"),
        page.formats.number(asset["uniqueDownloadCount"]?.integer ?? 0)
      ), (page.texts("File"), file(asset, page)),
    ])(page)
    let history =
      chart.isEmpty
      ? EmptyState(
        title: page.texts("No downloads in 30 days"),
        text: page.texts("Link the address of the asset on your website or in an e-mail."),
        icon: "assets")(page) : chart(page)
    let mayEdit = page.may(.edit, .assets)
    let content = template(
      [
        "tilesHTML": tiles, "mainHTML": Panel(page.texts("Downloads by the day"))(history, page),
        "address": asset["downloadUrl"]?.text ?? "", "id": id, "factsHTML": facts(asset, page),
        "mayReplace": mayEdit && page.may(.create, .assets),
        "token": PageRequest.encoded(page.token),
      ], page.texts)
    let edit = mayEdit ? editTemplate(["href": "/console/assets/\(id)/edit"], page.texts) : .empty
    return Page(
      title: asset["title"]?.text ?? page.texts("Asset"),
      subtitle: asset["description"]?.text ?? "",
      trail: [.init(text: page.texts("Assets"), path: "assets")],
      actionsHTML: edit + RecordActions(kind: kind).buttons(asset, page), contentHTML: content,
      section: "assets")
  }

  private static let editTemplate = Template(
    #"<a class="button primary" href="{{href}}">[icon:edit][[Edit]]</a>"#)

  private static func facts(_ asset: JSONValue, _ page: PageRequest) -> HTML {
    RecordFacts([
      (page.texts("Status"), page.published(asset)),
      (page.texts("Type"), page.plain(asset["mime"]?.text)),
      (page.texts("Alias"), page.plain(asset["alias"]?.text)),
      (page.texts("Language"), page.plain(asset["language"]?.text)),
      (page.texts("Category"), page.plain(asset["category"]?["title"]?.text)),
      (page.texts("Created"), page.time(asset["dateAdded"])),
      (page.texts("Created by"), page.plain(asset["createdByUser"]?.text)),
    ])(page)
  }

  private static let template = Template(
    #"""
    {{{tilesHTML}}}<div class="split"><div>{{{mainHTML}}}</div><aside>
    <section class="panel"><header class="panel-head"><h2>[[Address]]</h2></header><div class="panel-body stack tight"><div class="code wrap"><pre><code id="asset-address">{{address}}</code></pre><button class="button small" type="button" data-copy="#asset-address" data-copied="[[Copied]]">[[Copy]]</button></div><p><a href="{{address}}" rel="noopener">[[Download]]</a></p><p class="muted">[[In e-mails and landing pages:]] <code>{assetlink={{id}}}</code></p></div></section>
    <section class="panel"><header class="panel-head"><h2>[[This asset]]</h2></header><div class="panel-body">{{{factsHTML}}}</div></section>
    {{#mayReplace}}<section class="panel"><header class="panel-head"><h2>[[Another file]]</h2></header><div class="panel-body"><form class="stack tight" method="post" enctype="multipart/form-data" action="/console/assets/{{id}}/upload?token={{token}}"><input class="input" type="file" name="file" required aria-label="[[File]]"><div><button class="button">[[Replace the file]]</button></div></form></div></section>{{/mayReplace}}</aside></div>
    """#)
}
