"""What a fault does to a world when it begins, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from standin import Fault
from tests.support.simulation.child import Child
from tests.support.simulation.market import MARKET_FAULTS
from tests.support.simulation.plan import ALWAYS, DISCORD, POST, REFUSALS, Episode
from tests.support.simulation.world import SYMBOLS, World


class Deadly(Fault):
    """A bot is killed when it posts: before Discord takes the post, or after that."""

    def arm(self, world: World) -> Deadly:
        self.world = world
        return self

    def answer(self) -> Any:
        self.world.kill_bot("at a post")
        return super().answer()


async def begin(world: World, episode: Episode) -> None:
    world.note(f"begins: {episode.kind}")
    world.counts[episode.kind] += 1
    world.active.append(episode)
    kind, _, name = episode.kind.partition(": ")
    pick = Random(episode.draw)
    if kind in ("discord", "refusal"):
        fault = {**DISCORD, **REFUSALS}[name]
        path = fault.path
        if path == POST and (kind == "refusal" or pick.random() < 0.3):
            path = f"/channels/{pick.choice(world.servers).guild.general.id}/messages"
        methods = fault.method.strip("()").split("|")
        few = pick.random() < 0.4 and kind == "discord"
        made = [replace(fault, method=m, path=path, times=pick.randint(1, 3) if few else ALWAYS) for m in methods]
        world.faults[episode] = made
        world.discord.faults.extend(made)
    elif kind == "yahoo":
        world.market.fault = next(fault for fault in MARKET_FAULTS if fault == name)
        world.market.failing = (pick.choice(SYMBOLS),) if pick.random() < 0.4 else ()
    elif episode.kind == "gateway: dropped":
        await world.discord.gateway.drop()
    elif episode.kind == "gateway: session lost":
        await world.discord.gateway.invalidate(resumable=pick.random() < 0.5)
    elif kind == "database":
        world.machine.storage_fault = name
    elif episode.kind == "kill: bot at a statement":
        for running in world.bots[:1]:
            running.process.kill_at = running.process.statements + pick.randint(1, 120)
    elif name in ("bot before a post", "bot after a post"):
        deadly = Deadly("POST", POST, cuts=True, is_accepted=name == "bot after a post").arm(world)
        world.faults[episode] = [deadly]
        world.discord.faults.insert(0, deadly)
    elif episode.kind == "kill: bot while a job runs":
        world.machine.job_faults.append(lambda child: setattr(child, "on_pause", lambda: world.kill_bot("in a job")))
    elif episode.kind == "kill: job at a statement":
        world.machine.job_faults.append(lambda child: setattr(child.process, "kill_at", pick.randint(1, 250)))
    elif episode.kind == "kill: job between steps":
        world.machine.job_faults.append(lambda child: setattr(child, "dies_at_pause", pick.randint(1, 12)))
    elif episode.kind == "job: hangs":
        world.machine.job_faults.append(lambda child: setattr(child, "stall", 7200.0))
    elif episode.kind == "job: hangs, deaf to signals":
        world.machine.job_faults.append(_hang_deaf)
    elif episode.kind == "host: off":
        for _ in list(world.bots):
            world.kill_bot("with the host")
            world.bury_dead()
    elif episode.kind == "bot: stopped and started":
        for running in list(world.bots):
            await world.stop_bot(running)
        await world.start_bot()
    elif episode.kind == "bots: two":
        if len(world.bots) == 1:
            await world.start_bot()
    elif kind == "clock":
        most = 90.0 if name == "wrong by minutes" else 30 * 60.0
        world.clock.skew = timedelta(minutes=pick.uniform(-most, most))
    elif kind == "disk":
        champions = sorted(world.models.rglob("model.safetensors"))
        if champions:
            place = pick.choice(champions[-6:])
            data = bytearray(place.read_bytes())
            data[pick.randrange(len(data))] ^= 1
            place.write_bytes(data)


async def finish(world: World, episode: Episode) -> None:
    world.note(f"ends: {episode.kind}")
    world.active.remove(episode)
    for fault in world.faults.pop(episode, ()):
        world.discord.faults[:] = [other for other in world.discord.faults if other is not fault]
    kind = episode.kind.partition(": ")[0]
    if kind == "yahoo":
        world.market.fault, world.market.failing = None, ()
    elif kind == "database":
        world.machine.storage_fault = None
    elif kind == "clock":
        world.clock.skew = timedelta(0)
    elif kind == "job" or "job" in episode.kind:
        world.machine.job_faults.clear()
    elif episode.kind == "kill: bot at a statement":
        for running in world.bots:
            running.process.kill_at = None
    elif episode.kind == "bots: two" and len(world.bots) > 1:
        running = world.random.choice(world.bots)
        if world.random.random() < 0.5:
            await world.stop_bot(running)
        else:
            world.note("one of two bots is killed")
            world.machine.kill(running.process)
            world.bury_dead()
        await world.discord.gateway.drop()  # the stand-in knows the newest session alone: the other bot connects anew
    if "refusal" in kind:
        for server in world.servers:
            if world.bots:
                await world.ask(server, "/report resume")
    if not world.bots and world.restart_at is None:
        world.restart_at = world.clock.at


def _hang_deaf(child: Child) -> None:
    child.stall, child.is_stubborn = 7200.0, True
