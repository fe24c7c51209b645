import Commands

await Martlet.start()
