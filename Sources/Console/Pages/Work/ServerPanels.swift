import API

/// Figures of a server as tiles: a label, a value, and what it is of.
struct ServerTiles: Sendable {
  /// A tile.
  struct Tile: Sendable {
    /// In the reader's language, as all of it.
    var label: String
    var value: String
    var note = ""
  }

  var tiles: [Tile]

  private static let template = Template(
    #"""
    <div class="tiles">{{#tiles}}<div class="tile"><span class="tile-label">{{label}}</span><span class="tile-figure">{{value}}{{#note}} <small class="note">{{note}}</small>{{/note}}</span></div>{{/tiles}}</div>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    Self.template(
      [
        "tiles": tiles.map {
          ["label": $0.label, "value": $0.value, "note": $0.note] as [String: Any]
        }
      ], page.texts)
  }
}

/// The figures of Redis, its replicas, and the commands that took long.
struct RedisPanel: Sendable {
  let page: PageRequest
  /// The member `redis` of `/api/servers`.
  var figures: JSONValue

  private static let heading = Template(#"<h2 class="section-title">{{text}}</h2>"#)

  /// A heading above the panels of a server.
  static func title(_ text: String, _ page: PageRequest) -> HTML {
    heading(["text": text], page.texts)
  }

  func callAsFunction() -> HTML {
    let (texts, formats) = (page.texts, page.formats)
    func number(_ name: String) -> Int { figures[name]?.integer ?? 0 }
    let most = number("maximumMemoryBytes")
    let tiles = ServerTiles(tiles: [
      .init(
        label: texts("Memory"), value: formats.bytes(number("memoryBytes")),
        note: most > 0
          ? texts("of {most}", ["most": formats.bytes(most)])
          : texts("peak {peak}", ["peak": formats.bytes(number("peakMemoryBytes"))])),
      .init(
        label: texts("Connections"), value: formats.number(number("connections")),
        note: texts("of {most}", ["most": formats.number(number("maximumConnections"))])),
      .init(
        label: texts("Commands per second"), value: formats.number(number("commandsPerSecond"))),
      .init(
        label: texts("Runs for"), value: formats.duration(seconds: Double(number("uptimeSeconds")))),
      .init(
        label: texts("Append-only file"),
        value: texts(figures["appendOnly"]?.truth == true ? "on" : "off"),
        note: figures["lastSaveOk"]?.truth == false ? texts("cannot be written") : ""),
      .init(label: texts("Evicted keys"), value: formats.number(number("evictedKeys"))),
    ])
    let replicas = figures["replicas"]?.elements ?? []
    let slow = figures["slowCommands"]?.elements ?? []
    return Self.title("Redis \(figures["version"]?.text ?? "")", page) + tiles(page)
      + (replicas.isEmpty
        ? .empty
        : Panel(texts("Replicas"), isPadded: false)(
          TableView(
            page: page, columns: PostgresPanels.replicaColumns(page), rows: replicas,
            caption: texts("Replicas of Redis"))(), page))
      + (slow.isEmpty
        ? .empty
        : Panel(texts("Commands that took long"), isPadded: false)(
          TableView(
            page: page,
            columns: [
              Column(texts("Command")) { $1.plain($0["command"]?.text) },
              Column(texts("About")) { $1.plain($0["key"]?.text) },
              Column(texts("Took"), .number) { command, page in
                page.plain(
                  command["milliseconds"]?.text.flatMap(Double.init).map {
                    "\(page.formats.number($0, digits: 1)) ms"
                  })
              },
              Column(texts("When"), .line) { $1.time($0["dateRun"]) },
            ], rows: slow, caption: texts("Commands that took long"))(), page))
  }
}

/// The clocks of the servers and workers beside one another.
struct ClocksPanel: Sendable {
  let page: PageRequest
  /// The member `clocks` of `/api/servers`.
  var clocks: [JSONValue]

  /// From which difference on a clock is worth a look, and wrong, in seconds.
  private static let (noticed, wrong) = (0.1, 2.0)

  func callAsFunction() -> HTML {
    let texts = page.texts
    let table = TableView(
      page: page,
      columns: [
        Column(texts("Clock of")) { $1.plain($0["name"]?.text) },
        Column(texts("Compared with")) { clock, page in
          page.plain(
            clock["kind"]?.text == "server" ? page.texts("this process's machine") : "Redis")
        },
        Column(texts("Ahead"), .number) { clock, page in
          page.plain(
            Self.seconds(clock).map { "\(page.formats.number(Int(($0 * 1000).rounded()))) ms" })
        },
        Column(texts("State")) { clock, page in
          guard let seconds = Self.seconds(clock) else { return page.badge(page.texts("unknown")) }
          let uncertain = clock["uncertaintySeconds"]?.text.flatMap(Double.init) ?? 0
          let certain = abs(seconds) - uncertain
          if certain > Self.wrong { return page.badge(page.texts("Wrong"), .bad) }
          return certain > Self.noticed
            ? page.badge(page.texts("Off"), .warn) : page.badge(page.texts("Right"), .ok)
        },
      ], rows: clocks, caption: texts("Clocks"))
    return Panel(texts("Clocks"), isPadded: false)(table(), page)
  }

  private static func seconds(_ clock: JSONValue) -> Double? {
    clock["aheadSeconds"]?.text.flatMap(Double.init)
  }
}
