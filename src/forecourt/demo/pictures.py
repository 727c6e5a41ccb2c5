"""Pictures for the demo, made by arithmetic: a worn brake, a scratched wing, a signature. None was taken by anybody."""

import io
from uuid import UUID

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from forecourt.runtime import files
from forecourt.runtime.actors import Actor
from forecourt.runtime.models import StoredFile

SIZE = (1200, 900)
_known: dict[tuple[UUID, str], UUID] = {}


def stored(name: str, *, actor: Actor) -> StoredFile:
    """The picture as a stored file of the actor's organisation; each is drawn once."""
    key = (actor.organisation_id, name)
    if key in _known:
        return StoredFile.objects.get(pk=_known[key])
    drawn = {"brake": brake, "wing": wing, "signature": signature}[name]()
    data = io.BytesIO()
    drawn.save(data, "PNG" if name == "signature" else "JPEG", quality=88)
    data.seek(0)
    file = files.store(actor=actor, name=f"{name}.{'png' if name == 'signature' else 'jpg'}", stream=data, kinds=("image",))
    _known[key] = file.pk
    return file


def brake() -> Image.Image:
    """A brake disc with its caliper, lit from above."""
    width, height = SIZE
    y, x = np.mgrid[0:height, 0:width].astype(float)
    dx, dy = x - width * 0.52, y - height * 0.52
    radius, angle = np.hypot(dx, dy), np.arctan2(dy, dx)
    grain = np.random.default_rng(7).normal(0, 6, (height, width))
    ground = 38 + 18 * (1 - y / height) + grain
    metal = 150 + 45 * np.cos(2 * angle - 1.1) + 7 * np.sin(radius / 1.7) + grain
    hub = 70 + 30 * np.cos(angle + 0.8) + grain
    level = np.where(radius < 400, np.where(radius < 165, hub, metal), ground)
    rust = ((radius > 375) & (radius < 400)) | ((radius > 160) & (radius < 178))
    picture = np.stack([level, level * np.where(rust, 0.72, 0.99), level * np.where(rust, 0.5, 1.0)], axis=-1)
    for bolt in range(5):
        bx, by = 105 * np.cos(bolt * 1.2566), 105 * np.sin(bolt * 1.2566)
        picture[np.hypot(dx - bx, dy - by) < 22] *= 0.35
    caliper = (radius > 250) & (radius < 455) & (angle > -0.75) & (angle < 0.6)
    picture[caliper] = (
        np.stack([118 + grain, 30 + grain, 26 + grain], axis=-1)[caliper] * (0.75 + 0.35 * np.cos(angle * 2.2))[caliper][:, None]
    )
    pad = (radius > 235) & (radius < 262) & (angle > -0.7) & (angle < 0.55)
    picture[pad] = 20
    return _photo(picture)


def wing() -> Image.Image:
    """A blue wing with a scratch."""
    width, height = SIZE
    y, x = np.mgrid[0:height, 0:width].astype(float)
    curve = height * 0.22 + 90 * np.sin(x / width * 3.0)
    shade = np.clip(1.15 - np.abs(y - curve - 140) / 620, 0.25, 1.2) + 0.35 * np.exp(-((y - curve - 90) ** 2) / 900)
    body = np.stack([34 * shade, 74 * shade, 138 * shade], axis=-1)
    sky = np.stack([196 + 0 * x, 205 + 0 * x, 212 + 0 * x], axis=-1)
    picture = np.where((y < curve)[..., None], sky, body)
    wheel = np.hypot(x - width * 0.68, y - height * 1.02) < 330
    picture[wheel] = 16
    scratch = (np.abs(y - (height * 0.55 + (x - 320) * 0.13 + 7 * np.sin(x / 17))) < 2.4) & (x > 320) & (x < 690)
    picture[scratch] = 214
    return _photo(picture + np.random.default_rng(3).normal(0, 4, (height, width, 1)))


def signature() -> Image.Image:
    """A name written with a finger."""
    picture = Image.new("RGB", (720, 240), "white")
    t = np.linspace(0, 1, 420)
    xs = 60 + 580 * t + 26 * np.sin(21 * t)
    ys = 130 - 62 * np.sin(19 * t) * (1 - 0.55 * t) + 12 * np.sin(51 * t)
    ImageDraw.Draw(picture).line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=(16, 24, 60), width=5, joint="curve")
    return picture


def _photo(levels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8), "RGB").filter(ImageFilter.GaussianBlur(1.4))
