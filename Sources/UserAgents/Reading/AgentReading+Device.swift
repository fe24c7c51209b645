/// The device, as far as a list names it.
extension AgentReading {
  /// A device of a list, and the kind that follows from the list alone.
  private enum Lookup {
    /// The list does not answer for this agent.
    case unanswered
    /// The list answers, perhaps that nothing is known.
    case answered(AgentDescription.Device)
  }

  /// The device that the lists name, in their order; the first that answers decides.
  func namedDevice() -> AgentDescription.Device {
    for kind: AgentData.DeviceList.Kind in [
      .televisions, .shellTelevisions, .notebooks, .consoles, .cars, .cameras, .players, .mobiles,
    ] {
      if case .answered(let device) = lookup(kind) { return device }
    }
    return AgentDescription.Device()
  }

  private func lookup(_ kind: AgentData.DeviceList.Kind) -> Lookup {
    guard let list = rules.devices[kind] else { return .unanswered }
    switch kind {
    case .televisions:
      guard holds(.hybridTelevision) else { return .unanswered }
      var device = found(in: list) ?? AgentDescription.Device()
      device.kind = device.kind ?? .tv
      return .answered(device)
    case .shellTelevisions:
      guard holds(.shellTelevision) else { return .unanswered }
      var device = found(in: list) ?? AgentDescription.Device()
      device.kind = .tv
      return .answered(device)
    case .notebooks:
      guard holds(.facebookDevice) else { return .unanswered }
    case .consoles, .cars, .cameras, .players:
      guard list.first(in: text) != nil else { return .unanswered }
    case .mobiles: break
    }
    return found(in: list).map(Lookup.answered) ?? .unanswered
  }

  /// Looks the agent up in a list.
  ///
  /// - Returns: `nil` if the list does not know it and the hints name no model.
  private func found(in list: AgentRules.List<AgentRules.BrandEntry>) -> AgentDescription.Device? {
    if hints.model.isEmpty,
      Self.hidesModel(restored, rules) || Self.isDesktop(restored, rules)
    {
      return AgentDescription.Device()
    }
    guard let (entry, match) = list.first(in: restored) else {
      guard !hints.model.isEmpty else { return nil }
      return AgentDescription.Device(kind: hintedKind())
    }
    var device = AgentDescription.Device(kind: entry.kind, model: match.model(entry.model))
    if entry.brand != "Unknown" { device.brand = entry.brand }
    guard let (model, modelMatch) = entry.models.first(in: restored) else { return device }
    device.model = modelMatch.model(model.model ?? "")
    if let brand = model.brand { device.brand = brand }
    if let kind = model.device.flatMap(AgentDeviceKind.init(rawValue:)) { device.kind = kind }
    return device
  }

  private func hintedKind() -> AgentDeviceKind? {
    let kinds: [(String, AgentDeviceKind)] = [
      ("automotive", .carBrowser), ("xr", .wearable), ("watch", .wearable),
      ("mobile", .smartphone), ("tablet", .tablet), ("desktop", .desktop), ("eink", .tablet),
    ]
    return kinds.first { hints.formFactors.contains($0.0) }?.1
  }
}
